import { type CarillonError, refuse } from '../errors.ts'
import { parseBody } from './parse-body.ts'
import type { ParsedCron } from './parsed-cron.ts'
import { SyntaxFault } from './syntax-fault.ts'
import { canonicalTimezone, findTimezone } from './timezone.ts'

/** Characters of an expression. */
export const MAX_SCHEDULE_LENGTH = 256

/**
 * Checks a cron expression and takes it apart; no seed or zone is needed. Throws
 * `validation_failed` with pointer `/schedule` and a sentence that names the fault and the fix.
 */
export function parseCron(expression: string): ParsedCron {
  // Length comes first, so that absurd input costs nothing and is not repeated in the answer.
  if (expression.length > MAX_SCHEDULE_LENGTH) {
    throw refuse(
      '/schedule',
      `The schedule has ${expression.length} characters; write at most ${MAX_SCHEDULE_LENGTH}.`
    )
  }
  try {
    checkCharacters(expression)
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
  if (text === '') throw new SyntaxFault('it is empty; write five fields such as 0 9 * * 1.')
  const match = /^(?:CRON_)?TZ=(\S*)(.*)$/i.exec(text)
  if (match === null) return { text, prefixTimezone: null, ...parseBody(text) }
  const [, name = '', body = ''] = match
  const prefixTimezone = findTimezone(name)
  if (prefixTimezone !== null) return { text, prefixTimezone, ...parseBody(body.trim()) }
  throw new SyntaxFault(`"${name}" is not a time zone; write one such as TZ=Europe/Berlin.`)
}

function checkCharacters(text: string): void {
  const [strange] = /[^ -~]/u.exec(text) ?? []
  if (strange !== undefined) {
    const code = (strange.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')
    throw new SyntaxFault(`it contains the character U+${code}; use spaces between the fields.`)
  }
  if (/^ *\d{4}-\d\d?-\d/.test(text)) {
    throw new SyntaxFault('it is a date, not a cron expression; write it as start_date instead.')
  }
}
