import type { Selectable } from 'kysely'
import type { ApiKey, Scope } from '../domain/api-key.ts'
import { formatInstant, formatInstantOrNull } from '../domain/instant.ts'
import type { KeyTable } from './tables.ts'

/** A row of a key. */
export type ApiKeyRow = Selectable<KeyTable>

export function encodeScopes(scopes: readonly Scope[]): string {
  return scopes.join()
}

/** What this scheduler wrote itself. */
export function decodeScopes(text: string): Scope[] {
  return text.split(',') as Scope[]
}

/** What may be told of a key. */
export function toApiKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    scopes: decodeScopes(row.scopes),
    created_at: formatInstant(row.created_at),
    created_by: row.created_by,
    expires_at: formatInstantOrNull(row.expires_at),
    last_used_at: formatInstantOrNull(row.last_used_at),
    revoked_at: formatInstantOrNull(row.revoked_at)
  }
}
