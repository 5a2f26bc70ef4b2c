import { parseDuration } from '../duration.ts'
import { CRON_FIELDS, type CronField, DAY, WEEKDAY } from './cron-field.ts'
import { isHashItem } from './hash-item.ts'
import type { ParsedCron } from './parsed-cron.ts'
import { plainItem } from './plain-item.ts'
import { SyntaxFault } from './syntax-fault.ts'

const MIN_EVERY_MS = 1_000

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *'
}

/** What an expression says besides its zone. */
export type Body = Omit<ParsedCron, 'text' | 'prefixTimezone'>

/** Checks and takes apart what is left without a prefix; throws `SyntaxFault`. */
export function parseBody(text: string): Body {
  if (/^@every\b/i.test(text)) return parseEvery(text)
  const macro = text.startsWith('@') ? MACROS[text.toLowerCase()] : text
  if (macro !== undefined) return parseFields(macro.toUpperCase().split(/ +/))
  throw new SyntaxFault(
    /^@reboot$/i.test(text)
      ? '@reboot is not supported, because a schedule does not know restarts; write @every 1h or a time.'
      : `"${text}" is not a known macro; write one of ${Object.keys(MACROS).join(', ')} or @every 5m.`
  )
}

const NOTHING: Body = {
  fields: [],
  everyMs: null,
  hasHash: false,
  bothDayFields: false,
  fixedTime: false,
  unevenSteps: []
}

function parseEvery(text: string): Body {
  const everyMs = parseDuration(text.slice('@every'.length).trim())
  if (everyMs === null) {
    throw new SyntaxFault('@every needs a duration; write @every 90s, @every 5m or @every 1h30m.')
  }
  if (everyMs < MIN_EVERY_MS) throw new SyntaxFault('the interval is under 1s; write @every 1s.')
  return { ...NOTHING, everyMs }
}

function parseFields(given: readonly string[]): Body {
  checkFieldCount(given)
  const six = given.length === 5 ? ['0', ...given] : given
  const [, minute = '', hour = '', day = '', , weekday = ''] = six
  const fields = CRON_FIELDS.map((field, i) => plainField(six[i] ?? '', field))
  return {
    fields,
    everyMs: null,
    hasHash: fields.some((field) => field.split(',').some(isHashItem)),
    bothDayFields: /^[^*?]/.test(day) && /^[^*?]/.test(weekday),
    fixedTime: !/[*/]/.test(minute + hour),
    unevenSteps: [...unevenIn(six.slice(0, 2), 60), ...unevenIn(six.slice(2, 3), 24)]
  }
}

function unevenIn(fields: readonly string[], values: number): string[] {
  return fields.filter((field) => {
    const [, step] = /^(?:\*|0|H)\/(\d+)$/.exec(field) ?? []
    return step !== undefined && values % Number(step) !== 0
  })
}

function checkFieldCount(fields: readonly string[]): void {
  const count = fields.length
  if (count === 7 || (count === 6 && /^\d{4}/.test(fields.at(-1) ?? ''))) {
    throw new SyntaxFault('a year field is not supported; use start_date and end_date instead.')
  }
  if (count === 5 || count === 6) return
  throw new SyntaxFault(
    `it has ${count} field${count === 1 ? '' : 's'}; write five (minute, hour, day of month, month, weekday), or six with seconds first.`
  )
}

function plainField(text: string, field: CronField): string {
  if (text === '?' && (field === DAY || field === WEEKDAY)) return '*'
  return text
    .split(',')
    .map((item) => plainItem(item, field))
    .join(',')
}
