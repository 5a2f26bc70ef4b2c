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
  /** Whether it was seen within the last second that there never was one. */
  isKnownUnmade(): boolean
  /** Whether there is a key in the database that opens something. */
  hasActive(): Promise<boolean>
  /** Resolves when nothing more is written; to be called before the database is closed. */
  close(): Promise<void>
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
  const made = createMadeCheck({ db, clock, events })
  const uses = createUseNotes({ db, events })
  const expected = configured === null ? null : digestOf(configured)

  return {
    wasKeyMade: made.ask,
    isKnownUnmade: made.isKnownNot,
    hasActive: () => hasActiveApiKey(db, clock.now()),
    close: uses.written,
    identify: async (authorization) => {
      const text = keyIn(authorization)
      if (expected !== null && timingSafeEqual(digestOf(text), expected)) {
        return { actor: 'configuration', scopes: ['admin'] }
      }
      const parts = parseApiKey(text)
      if (parts === null) return null
      const row = await find(parts.id)
      if (row !== undefined) made.note()
      const isRight = timingSafeEqual(digestOf(parts.secret), digestIn(row))
      const now = clock.now()
      if (row === undefined || !isRight || !isActive(row, now)) return null
      uses.note(row, now)
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

/** Whether there ever was a key. Once there was, there always was: only the opposite is asked again. */
interface MadeCheck {
  ask(): Promise<boolean>
  /** Whether the answer is no, and fresh. */
  isKnownNot(): boolean
  /** For who has seen one. */
  note(): void
}

function createMadeCheck({ db, clock, events }: Omit<KeyringParts, 'configured'>): MadeCheck {
  let isMade = false
  let askedAt = -Infinity
  let asking: Promise<void> | null = null
  const note = (): void => {
    isMade = true
  }
  events.on('key_created', note)
  const look = async (): Promise<void> => {
    const now = clock.now()
    try {
      if (await wasApiKeyMade(db)) note()
      askedAt = now
    } finally {
      asking = null
    }
  }
  const isKnownNot = (): boolean => !isMade && Math.abs(clock.now() - askedAt) < ASK_AGAIN_MS
  return {
    note,
    isKnownNot,
    ask: async () => {
      if (isMade || isKnownNot()) return isMade
      asking ??= look()
      await asking
      return isMade
    }
  }
}

/** When keys were used, to the minute; no request waits for it, and none fails by it. */
interface UseNotes {
  note(row: ApiKeyRow, now: number): void
  written(): Promise<void>
}

function createUseNotes({ db, events }: Pick<KeyringParts, 'db' | 'events'>): UseNotes {
  const noted = new Map<number, number>()
  const writing = new Set<Promise<void>>()
  const write = async (id: number, now: number): Promise<void> => {
    const before = now - NOTE_USE_MS
    try {
      await inTransaction(db, (trx) => touchApiKey(trx, id, { now, before }))
    } catch (error) {
      events.emit('operation_failed', { operation: 'note_key_use', error })
    }
  }
  return {
    note: ({ id, last_used_at: lastUsedAt }, now) => {
      const last = Math.max(lastUsedAt ?? -Infinity, noted.get(id) ?? -Infinity)
      if (last > now - NOTE_USE_MS) return
      noted.set(id, now)
      const written = write(id, now).finally(() => writing.delete(written))
      writing.add(written)
    },
    written: async () => {
      await Promise.all(writing)
    }
  }
}
