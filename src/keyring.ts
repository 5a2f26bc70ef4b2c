import { timingSafeEqual } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Scope } from './domain/api-key.ts'
import { keyIn, parseApiKey } from './domain/api-key-text.ts'
import type { Clock } from './domain/clock.ts'
import { digestOf } from './domain/digest.ts'
import type { EventHub } from './engine/events.ts'
import { decodeScopes, type ApiKeyRow } from './store/api-key-codec.ts'
import { findApiKey, hasActiveApiKey, touchApiKey, wasApiKeyMade } from './store/api-keys.ts'
import type { Db } from './store/db.ts'
import { inTransaction } from './store/transaction.ts'

/** How long it may go unseen that another process has made the first key. */
const ASK_AGAIN_MS = 1_000
const NOTE_USE_MS = 60_000

/** Whose key a request carries, and what it is for. */
export interface Identity {
  /** `key:7`, or `configuration`. */
  actor: string
  scopes: readonly Scope[]
}

/** The keys that open a service. */
export interface Keyring {
  /** Whose key a header `Authorization` carries; null for none, and for one that opens nothing. */
  identify(authorization: string | undefined): Promise<Identity | null>
  /** Whether there ever was a key in the database; what is over counts. */
  wasKeyMade(): Promise<boolean>
  /** Whether there is a key in the database that opens something. */
  hasActive(): Promise<boolean>
}

export interface KeyringParts {
  db: Db
  clock: Clock
  events: EventHub
  /** The key of the configuration, for everything. */
  configured: string | null
}

/**
 * Nothing of a key is remembered: one that was revoked on any replica is refused everywhere from the
 * next request on. What is compared are digests, in constant time, whether there is such a key or not:
 * neither what exists nor how much of a secret is right can be learned from how long an answer takes.
 */
export function createKeyring({ db, clock, events, configured }: KeyringParts): Keyring {
  const find = createFinder(db)
  const noteUse = createUseNotes({ db, events })
  const expected = configured === null ? null : digestOf(configured)

  return {
    wasKeyMade: createMadeCheck({ db, clock, events }),
    hasActive: () => hasActiveApiKey(db, clock.now()),
    identify: async (authorization) => {
      const text = keyIn(authorization)
      if (expected !== null && timingSafeEqual(digestOf(text), expected)) {
        return { actor: 'configuration', scopes: ['admin'] }
      }
      const parts = parseApiKey(text)
      if (parts === null) return null
      const row = await find(parts.id)
      const isRight = timingSafeEqual(digestOf(parts.secret), digestIn(row))
      const now = clock.now()
      if (row === undefined || !isRight || !isActive(row, now)) return null
      noteUse(row, now)
      return { actor: `key:${row.id}`, scopes: decodeScopes(row.scopes) }
    }
  }
}

/** That of no secret, which a digest is compared with where there is no such key. */
const NOBODYS = digestOf('')

function digestIn(row: ApiKeyRow | undefined): Buffer {
  return row === undefined ? NOBODYS : Buffer.from(row.digest, 'hex')
}

function isActive(
  { revoked_at: revokedAt, expires_at: expiresAt }: ApiKeyRow,
  now: number
): boolean {
  return revokedAt === null && (expiresAt === null || now < expiresAt)
}

/** Requests share a statement only if they came before it began: none gets what is older than itself. */
function createFinder(db: Db): (id: number) => Promise<ApiKeyRow | undefined> {
  const waiting = new Map<number, Promise<ApiKeyRow | undefined>>()
  const find = async (id: number): Promise<ApiKeyRow | undefined> => {
    await nextTurn()
    waiting.delete(id)
    return findApiKey(db, id)
  }
  return (id) => {
    const found = waiting.get(id) ?? find(id)
    waiting.set(id, found)
    return found
  }
}

/** Once there was a key there always was, so that only the opposite has to be asked for again. */
function createMadeCheck({
  db,
  clock,
  events
}: Omit<KeyringParts, 'configured'>): Keyring['wasKeyMade'] {
  let isMade = false
  let askedAt = -Infinity
  let asking: Promise<boolean> | null = null
  events.on('key_created', () => {
    isMade = true
  })
  const ask = async (): Promise<boolean> => {
    const now = clock.now()
    try {
      if (await wasApiKeyMade(db)) isMade = true
      askedAt = now
      return isMade
    } finally {
      asking = null
    }
  }
  return async () => {
    if (isMade) return true
    if (Math.abs(clock.now() - askedAt) < ASK_AGAIN_MS) return false
    asking ??= ask()
    return asking
  }
}

/** Notes when a key was used, to the minute; no request waits for it, and none fails by it. */
function createUseNotes({
  db,
  events
}: Pick<KeyringParts, 'db' | 'events'>): (row: ApiKeyRow, now: number) => void {
  const noted = new Map<number, number>()
  return ({ id, last_used_at: lastUsedAt }, now) => {
    const before = now - NOTE_USE_MS
    if (Math.max(lastUsedAt ?? -Infinity, noted.get(id) ?? -Infinity) > before) return
    noted.set(id, now)
    inTransaction(db, (trx) => touchApiKey(trx, id, { now, before })).catch((error: unknown) =>
      events.emit('operation_failed', { operation: 'note_key_use', error })
    )
  }
}
