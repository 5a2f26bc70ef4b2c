import { parseDuration } from '../duration.ts'
import { type CarillonError, refuse } from '../errors.ts'
import { CRON_FIELDS, type CronField, DAY, WEEKDAY } from './cron-field.ts'
import { isHashItem } from './hash-item.ts'
import { plainItem } from './plain-item.ts'
import { SyntaxFault } from './syntax-fault.ts'
import { canonicalTimezone, findTimezone } from './timezone.ts'

/** A cron expression whose every part has been checked, before `H` is given its values. */
export interface ParsedCron {
  /** The expression as it was given, without spaces around it. */
  readonly text: string
  /**
   * Second, minute, hour, day of month, month and weekday: names as numbers, `?` as `*`, macros and
   * `N/step` written out, `H` as given. Empty when `everyMs` is set.
   */
  readonly fields: readonly string[]
  /** The canonical zone of a `TZ=` or `CRON_TZ=` prefix, else null. */
  readonly prefixTimezone: string | null
  /** The period of `@every`, in milliseconds, else null. */
  readonly everyMs: number | null
  /** Whether `H` occurs, so that a seed is needed. */
  readonly hasHash: boolean
  /**
   * Whether both day fields are restricted, so that a day matching either counts (crontab(5)). As in
   * Vixie cron a field that begins with `*` is not restricted, a star with a step included: then a
   * day must match both.
   */
  readonly bothDayFields: boolean
  /**
   * Whether minute and hour are fixed times: no `*` and no step in either. Lists, ranges and a plain
   * `H` are fixed, and the seconds have no say. Vixie cron moves only such jobs on days when the
   * clock changes.
   */
  readonly fixedTime: boolean
}

const MAX_LENGTH = 256
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

/**
 * Checks a cron expression and takes it apart; no seed or zone is needed. Throws
 * `validation_failed` with pointer `/schedule` and a sentence that names the fault and the fix.
 */
export function parseCron(expression: string): ParsedCron {
  // Length comes first, so that absurd input costs nothing and is not repeated in the answer.
  if (expression.length > MAX_LENGTH) {
    throw refuse(
      '/schedule',
      `The schedule has ${expression.length} characters; write at most ${MAX_LENGTH}.`
    )
  }
  try {
    return parse(expression.trim())
  } catch (error) {
    throw error instanceof SyntaxFault ? refuseExpression(expression, error.message) : error
  }
}

/** The refusal of an expression: `detail` is the rest of a sentence that begins by quoting it. */
export function refuseExpression(expression: string, detail: string): CarillonError {
  return refuse('/schedule', `Schedule ${JSON.stringify(expression)}: ${detail}`)
}

/**
 * The canonical zone in which an expression is meant: its prefix, which may replace the default
 * `UTC` but not contradict another `timezone`; that is refused at `/timezone`.
 */
export function timezoneOf(parsed: ParsedCron, timezone: string): string {
  const canonical = canonicalTimezone(timezone)
  const prefix = parsed.prefixTimezone ?? canonical
  if (prefix === canonical || canonical === 'UTC') return prefix
  throw refuse(
    '/timezone',
    `The timezone ${canonical} contradicts the prefix of the schedule "${parsed.text}"; remove one of the two.`
  )
}

function parse(text: string): ParsedCron {
  checkCharacters(text)
  const match = /^(?:CRON_)?TZ=(\S*)(.*)$/i.exec(text)
  if (match === null) return { text, prefixTimezone: null, ...parseBody(text) }
  const [, name = '', body = ''] = match
  const prefixTimezone = findTimezone(name)
  if (prefixTimezone !== null) return { text, prefixTimezone, ...parseBody(body.trim()) }
  throw new SyntaxFault(`"${name}" is not a time zone; write one such as TZ=Europe/Berlin.`)
}

function checkCharacters(text: string): void {
  if (text === '') throw new SyntaxFault('it is empty; write five fields such as 0 9 * * 1.')
  const [strange] = /[^ -~]/u.exec(text) ?? []
  if (strange !== undefined) {
    const code = (strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw new SyntaxFault(`it contains the character U+${code}; use spaces between the fields.`)
  }
  if (/^\d{4}-\d\d?-\d/.test(text)) {
    throw new SyntaxFault('it is a date, not a cron expression; write it as start_date instead.')
  }
}

type Body = Omit<ParsedCron, 'text' | 'prefixTimezone'>

function parseBody(text: string): Body {
  if (/^@every\b/i.test(text)) return parseEvery(text)
  const macro = text.startsWith('@') ? MACROS[text.toLowerCase()] : text
  if (macro !== undefined) return parseFields(macro.toUpperCase().split(/ +/))
  throw new SyntaxFault(
    /^@reboot$/i.test(text)
      ? '@reboot is not supported, because a schedule does not know restarts; write @every 1h or a time.'
      : `"${text}" is not a known macro; write one of ${Object.keys(MACROS).join(', ')} or @every 5m.`
  )
}

function parseEvery(text: string): Body {
  const everyMs = parseDuration(text.slice('@every'.length).trim())
  if (everyMs === null) {
    throw new SyntaxFault('@every needs a duration; write @every 90s, @every 5m or @every 1h30m.')
  }
  if (everyMs < MIN_EVERY_MS) throw new SyntaxFault('the interval is under 1s; write @every 1s.')
  return { fields: [], everyMs, hasHash: false, bothDayFields: false, fixedTime: false }
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
    fixedTime: !/[*/]/.test(minute + hour)
  }
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
