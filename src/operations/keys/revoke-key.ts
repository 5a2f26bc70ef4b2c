import type { ApiKey } from '../../domain/api-key.ts'
import { revokeApiKey } from '../../store/api-keys.ts'
import { inTransaction } from '../../store/transaction.ts'
import type { KeyCore } from './core.ts'
import { getKey } from './list-keys.ts'

/** Ends a key. @throws CarillonError `api_key_not_found` */
export async function revokeKey({ db, clock, events }: KeyCore, id: number): Promise<ApiKey> {
  const key = await inTransaction(db, async (trx) => {
    await revokeApiKey(trx, id, clock.now())
    return getKey(trx, id)
  })
  events.emit('key_revoked', { key })
  return key
}
