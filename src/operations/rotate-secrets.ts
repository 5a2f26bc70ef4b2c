import { isDeepStrictEqual } from 'node:util'
import { reseal } from '../domain/secrets/reseal.ts'
import type { StoredInput } from '../domain/secrets/stored-input.ts'
import { keyIdOf, type Vault } from '../engine/vault.ts'
import type { Db } from '../store/db.ts'
import {
  listSealed,
  lockSealed,
  rewriteSealed,
  type SealedDefinition,
  type SealedPosition
} from '../store/sealed-definitions.ts'
import { inTransaction } from '../store/transaction.ts'

/** Definitions that are locked and written at a time. */
const PAGE = 100

/** What is sealed in a database. */
export interface SealedCount {
  /** Secrets by the id of the key that they were sealed with. */
  byKey: Map<string, number>
  /** Secrets that no key here opens, as sentences. */
  unreadable: string[]
}

/** Counts what is sealed, in jobs and in the definitions that are kept of them. */
export async function countSealed(db: Db, vault: Vault): Promise<SealedCount> {
  const count: SealedCount = { byKey: new Map(), unreadable: [] }
  for await (const page of pages(db)) {
    for (const definition of page) {
      reseal(definition.input, (sealed, pointer) => {
        const id = keyIdOf(sealed.sealed)
        count.byKey.set(id, (count.byKey.get(id) ?? 0) + 1)
        const opened = vault.open(sealed, { jobId: definition.jobId, pointer })
        if ('fault' in opened) count.unreadable.push(`${nameOf(definition)}: ${opened.fault}`)
        return sealed
      })
    }
  }
  return count
}

/**
 * Seals everything with the current key that was sealed with another one, a page a transaction: what
 * an interruption leaves is done by the next call. Secrets that do not open stay as they are.
 * @returns how many secrets were sealed anew
 * @throws CarillonError `secrets_not_configured` without a key, if there is anything to seal
 */
export async function rotateSecrets(db: Db, vault: Vault): Promise<number> {
  let rotated = 0
  for await (const page of pages(db)) {
    rotated += await inTransaction(db, async (trx) => {
      let count = 0
      for (const definition of await lockSealed(trx, page)) {
        const input = resealed(definition, vault, () => count++)
        if (isDeepStrictEqual(input, definition.input)) continue
        await rewriteSealed(trx, { ...definition, input })
      }
      return count
    })
  }
  return rotated
}

function resealed(
  { jobId, input }: SealedDefinition,
  vault: Vault,
  onSealed: () => void
): StoredInput {
  return reseal(input, (sealed, pointer) => {
    if (keyIdOf(sealed.sealed) === vault.keyId) return sealed
    const owner = { jobId, pointer }
    const opened = vault.open(sealed, owner)
    if ('fault' in opened) return sealed
    onSealed()
    return vault.seal(opened.secret, owner)
  })
}

async function* pages(db: Db): AsyncGenerator<SealedDefinition[]> {
  for (let after: SealedPosition = { jobId: 0, version: null }; ;) {
    const page: SealedDefinition[] = await listSealed(db, after, PAGE)
    const last = page.at(-1)
    if (last === undefined) return
    yield page
    after = last
  }
}

function nameOf({ jobId, version }: SealedPosition): string {
  return version === null ? `Job ${jobId}` : `Version ${version} of job ${jobId}`
}
