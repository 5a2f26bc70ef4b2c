const SECONDS = /^\d+$/

const DAY_MONTH_YEAR = String.raw`\d{2} [A-Z][a-z]{2} \d{4}`
const TIME = String.raw`\d{2}:\d{2}:\d{2}`
/** The form that RFC 9110 §5.6.7 prescribes, and the two obsolete ones that it has us accept. */
const IMF_FIXDATE = new RegExp(`^[A-Z][a-z]{2}, ${DAY_MONTH_YEAR} ${TIME} GMT$`)
const RFC_850 = new RegExp(String.raw`^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} ${TIME} GMT$`)
const ASCTIME = new RegExp(String.raw`^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d ${TIME} \d{4}$`)

/**
 * How long a `Retry-After` field asks to wait, in milliseconds from `now`; null when the field says
 * nothing usable. A moment in the past is 0. How much of it is honoured is for the caller to decide:
 * any server may ask for a century.
 * @see RFC 9110 §10.2.3
 */
export function parseRetryAfter(field: string, now: number): number | null {
  const text = field.trim()
  if (SECONDS.test(text)) return Math.min(Number(text) * 1000, Number.MAX_SAFE_INTEGER)
  const at = parseHttpDate(text)
  return at === null ? null : Math.max(0, at - now)
}

function parseHttpDate(text: string): number | null {
  if (IMF_FIXDATE.test(text) || RFC_850.test(text)) return numberOrNull(Date.parse(text))
  // It names no zone, and Date.parse would take ours.
  if (ASCTIME.test(text)) return numberOrNull(Date.parse(`${text} GMT`))
  return null
}

function numberOrNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
