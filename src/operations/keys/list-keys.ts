import type { ApiKey } from '../../domain/api-key.ts'
import { CarillonError } from '../../domain/errors.ts'
import { toApiKey } from '../../store/api-key-codec.ts'
import { findApiKey, listApiKeys, type ApiKeyPage } from '../../store/api-keys.ts'
import type { Db } from '../../store/db.ts'

/** @throws CarillonError `api_key_not_found` */
export async function getKey(db: Db, id: number): Promise<ApiKey> {
  const row = await findApiKey(db, id)
  if (row !== undefined) return toApiKey(row)
  throw new CarillonError('api_key_not_found', `There is no API key ${id}.`)
}

/** Keys, the newest first. */
export async function listKeys(db: Db, page: ApiKeyPage): Promise<ApiKey[]> {
  const rows = await listApiKeys(db, page)
  return rows.map(toApiKey)
}
