import type { Kysely } from 'kysely'
import type { RunTally } from '../domain/run-tally.ts'
import type { Dialect } from './dialect.ts'
import type { Tables } from './tables.ts'

/** A database, or a transaction on it: the first parameter of every function of the store. */
export interface Db {
  readonly query: Kysely<Tables>
  readonly dialect: Dialect
  /** What comes to an end in this transaction; not for one that others begin and end. */
  readonly tally?: RunTally
}

/** An open database, and how to close it. */
export interface Database extends Db {
  /** For people: the URL without its secrets. */
  readonly description: string
  /** Sentences about what weakens a promise, such as settings of the server; none when all is well. */
  readonly warnings: readonly string[]
  /** How other processes are told at once of what changed; null where they can only look. */
  readonly notices: NoticeChannel | null
  /** Rises when another process has written; null where it cannot be told at once. */
  readonly revision: (() => number) | null
  /** What has happened to the place of the data while it is in use, as a sentence; null for nothing. */
  readonly placeFault: () => string | null
  /**
   * Remembers beside the file of the data that it was in use at this instant; null where there is no such
   * file.
   */
  readonly noteUse: ((at: number) => void) | null
  /** What SQLite has written and not yet moved into its file; null where there is no such file. */
  readonly wal: Wal | null
  close(): Promise<void>
}

/** A write-ahead log (https://www.sqlite.org/wal.html). */
export interface Wal {
  readonly file: string
  /** Its size on the disk; 0 while it is not there. */
  bytes(): number
}

/** Short messages to every process on the same database. */
export interface NoticeChannel {
  /** @throws when the message cannot be sent; nobody may rely on its arrival */
  send(message: string): Promise<void>
  /**
   * Listens until the returned function is called. `onGap` tells that messages may have been missed:
   * the connection was lost and is there again.
   */
  listen(onMessage: (message: string) => void, onGap: () => void): Promise<() => Promise<void>>
}
