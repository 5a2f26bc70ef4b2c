import { randomBytes } from 'node:crypto'
import type { CreatedApiKey } from '../../domain/api-key.ts'
import { formatApiKey } from '../../domain/api-key-text.ts'
import { checkNewApiKey } from '../../domain/check-api-key.ts'
import { digestOf } from '../../domain/digest.ts'
import { encodeScopes } from '../../store/api-key-codec.ts'
import { insertApiKey } from '../../store/api-keys.ts'
import { inTransaction } from '../../store/transaction.ts'
import type { KeyCore } from './core.ts'
import { getKey } from './list-keys.ts'

const SECRET_BYTES = 32

/**
 * Makes a key. Only a digest of it is stored, and a plain one will do: nobody guesses 256 random bits,
 * however fast.
 * @throws CarillonError `validation_failed`
 */
export async function createKey(
  { db, clock, events }: KeyCore,
  value: unknown,
  createdBy: string | null
): Promise<CreatedApiKey> {
  const now = clock.now()
  const { name, scopes, expiresAt } = checkNewApiKey(value, now)
  const secret = randomBytes(SECRET_BYTES).toString('base64url')
  const row = {
    name,
    scopes: encodeScopes(scopes),
    digest: digestOf(secret).toString('hex'),
    created_at: now,
    created_by: createdBy,
    expires_at: expiresAt
  }
  const made = await inTransaction(db, async (trx) => getKey(trx, await insertApiKey(trx, row)))
  events.emit('key_created', { key: made })
  return { ...made, key: formatApiKey({ id: made.id, secret }) }
}
