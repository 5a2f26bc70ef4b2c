import type { Scope } from '../../../client.ts'
import { access, may } from '../live/access.ts'

const BESIDE_READING = ['write', 'run', 'admin'] as const satisfies readonly Scope[]

/** What the reader may not do: its buttons are not there. */
export function AccessBadge() {
  const missing = BESIDE_READING.filter((scope) => !may(scope))
  if (access.value === null || missing.length === 0) return null
  const isReader = missing.length === BESIDE_READING.length
  return (
    <span class="badge" role="status" title={`You may not: ${missing.join(', ')}.`}>
      {isReader ? 'read-only' : `no ${missing.join(', ')}`}
    </span>
  )
}
