import { allowedValues, type CronField, WEEKDAY } from './cron-field.ts'
import { SyntaxFault } from './syntax-fault.ts'

/**
 * The number that one value of a field stands for, from digits or a name in upper case. A weekday
 * may come out as 7, which callers read as Sunday or, at the end of a range, as the day after
 * Saturday.
 */
export function fieldValue(text: string, field: CronField): number {
  const named = field.names.indexOf(text)
  if (named !== -1) return named + field.min
  const value = /^\d{1,4}$/.test(text) ? Number(text) : NaN
  const last = field === WEEKDAY ? 7 : field.max
  if (value >= field.min && value <= last) return value
  const what = text === '' ? 'a value is missing' : `"${text}" is not a valid ${field.name}`
  throw new SyntaxFault(`${what}; write ${allowedValues(field)}.`)
}

/** The two ends of a range such as `9-17` or `MON-FRI`; refuses one that runs backwards. */
export function fieldRange(text: string, field: CronField): readonly [from: number, to: number] {
  const [first = '', last = '', ...more] = text.split('-')
  if (first === '' || last === '' || more.length > 0) {
    throw new SyntaxFault(
      `"${text}" is not a ${field.name} range; write two values with one dash between them, such as ${field.min}-${field.max}.`
    )
  }
  const from = fieldValue(first, field)
  const end = fieldValue(last, field)
  const to = last === 'SUN' && from > 0 ? 7 : end
  if (from <= to) return [from, to]
  throw new SyntaxFault(
    `the ${field.name} range ${text} runs backwards; write ${unwrapped(from, to, field)}.`
  )
}

/** What someone who wrote a range past the end of its field meant: `22-2` is `22-23,0-2`. */
function unwrapped(from: number, to: number, field: CronField): string {
  if (field === WEEKDAY && to === 0) return `${from}-7`
  if (from > field.max) return span(field.min, to)
  return `${span(from, field.max)},${span(field.min, to)}`
}

function span(from: number, to: number): string {
  return from === to ? String(from) : `${from}-${to}`
}

/** The number after a slash; refuses none, zero, and more than the field has values. */
export function fieldStep(text: string, field: CronField): number {
  const step = /^\d{1,4}$/.test(text) ? Number(text) : NaN
  const values = field.max - field.min + 1
  if (step >= 1 && step <= values) return step
  if (step === 0) throw new SyntaxFault(`a step of 0 never advances; write /1 or more.`)
  throw new SyntaxFault(
    `the step /${text} does not fit the ${field.name} field, which has ${values} values; write /1 to /${values}${hintFor(step, field)}.`
  )
}

/** A step past the field's end is nearly always an interval that cron cannot express. */
function hintFor(step: number, field: CronField): string {
  const unit = { second: 's', minute: 'm', hour: 'h', weekday: 'd', month: '', 'day of month': 'd' }
  const letter = unit[field.name]
  return letter === '' || Number.isNaN(step) ? '' : `, or use @every ${step}${letter}`
}
