import { NewApiKey } from './api-key.ts'
import { instantInBody } from './checked-instant.ts'
import { parseDuration } from './duration.ts'
import { refuse } from './errors.ts'
import { createParser, shown } from './validation.ts'

const parseInput = createParser(NewApiKey, 'body')

/** A key that may be made. */
export interface CheckedApiKey extends Pick<NewApiKey, 'name' | 'scopes'> {
  /** Epoch milliseconds; null for never. */
  expiresAt: number | null
}

/** @throws CarillonError `validation_failed` */
export function checkNewApiKey(value: unknown, now: number): CheckedApiKey {
  const { name, scopes, ...expiry } = parseInput(value)
  return { name, scopes, expiresAt: expiryOf(expiry, now) }
}

function expiryOf(
  { expires_at: at = null, expires_in: after }: Omit<NewApiKey, 'name' | 'scopes'>,
  now: number
): number | null {
  if (at !== null && after !== undefined) {
    throw refuse('/expires_in', '"expires_in" and "expires_at" are both given; leave one out.')
  }
  if (after !== undefined) return now + durationOf(after)
  if (at === null) return null
  const expiresAt = instantInBody('/expires_at', at)
  if (expiresAt > now) return expiresAt
  throw refuse('/expires_at', `"expires_at" is ${shown(at)}, which is over; name a later instant.`)
}

function durationOf(text: string): number {
  const ms = parseDuration(text)
  if (ms !== null && ms > 0) return ms
  const detail = `"expires_in" is ${shown(text)}, but must be a duration such as "12h" or "90d".`
  throw refuse('/expires_in', detail)
}
