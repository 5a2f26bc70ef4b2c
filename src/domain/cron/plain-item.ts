import { type CronField, DAY, WEEKDAY } from './cron-field.ts'
import { fieldRange, fieldStep, fieldValue } from './field-value.ts'
import { checkHashItem, isHashItem } from './hash-item.ts'
import { SyntaxFault } from './syntax-fault.ts'

/**
 * One item of a field's list (between the commas, in upper case), checked, and in the form the
 * parser behind us reads: names as numbers, `N/step` with its end. `H` items stay as they are until
 * there is a seed. Throws `SyntaxFault`.
 *
 * Ranges, steps and names are crontab(5), `N/step` Vixie's successors, `L`, `W` and `#` Quartz.
 */
export function plainItem(item: string, field: CronField): string {
  if (item === '') throw new SyntaxFault(emptyItem(field))
  if (isHashItem(item)) return checkHashItem(item, field)
  const [base = '', step, ...more] = item.split('/')
  if (more.length > 0) throw new SyntaxFault(`"${item}" has two steps; write one.`)
  if (step !== undefined) return stepped(base, step, field)
  return dayRule(item, field) ?? unstepped(item, field)
}

function emptyItem(field: CronField): string {
  return `the ${field.name} field has an empty list item; remove the comma that has no value beside it.`
}

function unstepped(base: string, field: CronField): string {
  if (base === '*') return base
  if (base.includes('?')) throw new SyntaxFault(questionMark(field))
  if (base.includes('-')) return fieldRange(base, field).join('-')
  return String(fieldValue(base, field))
}

function questionMark(field: CronField): string {
  return field === DAY || field === WEEKDAY
    ? `in the ${field.name} field "?" stands alone; remove the rest of the field.`
    : `"?" is for the two day fields only; write * in the ${field.name} field.`
}

function stepped(base: string, step: string, field: CronField): string {
  const every = fieldStep(step, field)
  if (base === '') throw new SyntaxFault(`"/${step}" steps from nowhere; write */${step}.`)
  if (/[LW#?]/.test(base) && !field.names.includes(base) && !base.includes('-')) {
    throw new SyntaxFault(`"${base}" takes no step; remove /${step}.`)
  }
  if (base === '*' || base.includes('-')) return `${unstepped(base, field)}/${every}`
  const from = fieldValue(base, field)
  if (from > field.max) throw new SyntaxFault(`no ${field.name} follows 7; write 0/${step}.`)
  return `${from}-${field.max}/${every}`
}

/** The rules that only day fields know; null when the item is not one of them. */
function dayRule(item: string, field: CronField): string | null {
  if (field === DAY) return dayOfMonthRule(item)
  if (field === WEEKDAY) return weekdayRule(item)
  if (/^L|^\d*[LW]$|#/.test(item)) {
    throw new SyntaxFault(`"${item}" is not a ${field.name}; L, W and # are for the day fields.`)
  }
  return null
}

function dayOfMonthRule(item: string): string | null {
  if (item === 'L' || item === 'LW') return item
  if (/^L-?\d/.test(item)) {
    throw new SyntaxFault(
      `"${item}" (days before the end of the month) is not supported; write L for the last day, or a fixed day such as 28.`
    )
  }
  if (item.includes('#')) throw new SyntaxFault(`"${item}" belongs in the weekday field.`)
  if (!item.endsWith('W')) return null
  const day = item.slice(0, -1)
  if (/^\d+$/.test(day)) return `${fieldValue(day, DAY)}W`
  throw new SyntaxFault(`"${item}" needs one day before the W; write 15W, or LW for the last.`)
}

function weekdayRule(item: string): string | null {
  if (item === 'L') {
    throw new SyntaxFault(`"L" needs a weekday before it; write 5L for the last Friday.`)
  }
  if (item.endsWith('W')) throw new SyntaxFault(`"${item}" belongs in the day of month field.`)
  const match = /^([^#]*)(?:#(.*)|L)$/.exec(item)
  if (match === null) return null
  const [, day = '', nth] = match
  if (day.includes('-')) {
    throw new SyntaxFault(`"${item}" mixes a range with # or L; write one item for each weekday.`)
  }
  const weekday = fieldValue(day, WEEKDAY) % 7
  if (nth === undefined) return `${weekday}L`
  if (/^[1-5]$/.test(nth)) return `${weekday}#${nth}`
  throw new SyntaxFault(`"${item}" counts weekdays in a month; write #1 to #5 after the weekday.`)
}
