import type { JobInput } from '../job.ts'
import type { HttpTarget } from '../target.ts'
import { shownSecret } from './shown-secret.ts'
import { isBare, type Sealed, type StoredHttpTarget, type StoredInput } from './stored-input.ts'

/** The definition as it may be shown; the very same where nothing is secret. */
export function showSecrets(stored: StoredInput): JobInput {
  if (isBare(stored)) return stored
  const { target, ...rest } = stored
  if (target === undefined) return rest
  return { ...rest, target: target.type === 'http' ? showTarget(target) : target }
}

function showTarget({ secret, headers, ...rest }: StoredHttpTarget): HttpTarget {
  return {
    ...rest,
    ...(headers !== undefined && { headers: showHeaders(headers) }),
    ...(secret !== undefined && { secret: Array.isArray(secret) ? secret.map(show) : show(secret) })
  }
}

function showHeaders(
  headers: NonNullable<StoredHttpTarget['headers']>
): NonNullable<HttpTarget['headers']> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : { secret: show(value) }
    ])
  )
}

function show({ hint }: Sealed): string {
  return shownSecret(hint)
}
