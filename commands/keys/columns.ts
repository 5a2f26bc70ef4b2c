import type { ApiKey } from '../../src/domain/api-key.ts'
import { fromNow } from '../ago.ts'
import type { Column } from '../table.ts'

/** What a list of keys shows. */
export function keyColumns(now: number): Column<ApiKey>[] {
  return [
    { title: 'ID', cell: ({ id }) => String(id) },
    { title: 'STATE', cell: (key) => stateOf(key, now) },
    { title: 'NAME', cell: ({ name }) => name, shrinks: true },
    { title: 'SCOPES', cell: ({ scopes }) => scopes.join() },
    { title: 'EXPIRES', cell: ({ expires_at: at }) => (at === null ? 'never' : fromNow(at, now)) },
    { title: 'USED', cell: ({ last_used_at: at }) => fromNow(at, now) },
    { title: 'MADE', cell: ({ created_at: at }) => fromNow(at, now) },
    { title: 'BY', cell: ({ created_by: by }) => by ?? '-', shrinks: true }
  ]
}

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: ApiKey, now: number): string {
  if (revokedAt !== null) return 'revoked'
  return expiresAt !== null && Date.parse(expiresAt) <= now ? 'expired' : 'active'
}
