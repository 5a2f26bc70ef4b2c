import { existsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import Sqlite from 'better-sqlite3'
import { Kysely, SqliteAdapter, SqliteDialect as KyselySqliteDialect } from 'kysely'
import { CarillonError } from '../domain/errors.ts'
import { dataFile, NO_FILE } from './data-file.ts'
import type { Database } from './db.ts'
import { codeOf } from './dialect.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { checkPlace, claimPlace, findRestoring } from './sqlite-place.ts'
import { withStatementCache } from './statement-cache.ts'
import type { Tables } from './tables.ts'

/** "CARL" in ASCII: marks a file as ours, so that no other application's file is written to. */
const APPLICATION_ID = 0x4341_524c
/** Short: the whole process stands still while SQLite waits for a lock. */
const BUSY_TIMEOUT_MS = 200
const START_LOCK_TRIES = 15
/** Files larger than this are not read through at start, which must not grow with the data. */
const CHECK_MAX_BYTES = 64 * 1024 * 1024
/** It is cut to this when it begins anew, which a reader that stays can keep it from. */
export const WAL_LIMIT_BYTES = 64 * 1024 * 1024
/** More was no faster with 100,000 jobs: the operating system keeps the file in memory, too. */
const PAGE_CACHE_KIB = 16_384

/** SQLite tells the transactional DDL it has to no one; with it, migrations are all or nothing. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

class SqliteDialect extends KyselySqliteDialect {
  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter()
  }
}

/**
 * Opens an embedded SQLite file, or creates it: WAL, every commit on disk before it is
 * acknowledged. `:memory:` gives a database of its own that ends with the process. A lock of another
 * process is waited for, `lockTries` times 0.4 s. With `readOnly`, the file must be there and stays as
 * it is; with `queryOnly` too, and nothing is left beside it, but no transaction can be begun.
 * @throws CarillonError `store_unusable`, one sentence that names the path, the fault and the fix
 */
export async function openSqlite(
  path: string,
  {
    lockTries = START_LOCK_TRIES,
    queryOnly = false,
    readOnly = queryOnly
  }: { lockTries?: number; readOnly?: boolean; queryOnly?: boolean } = {}
): Promise<Database> {
  const file = path === ':memory:' ? path : resolve(path)
  if (file !== ':memory:') checkPlace(file)
  if (readOnly) refuseMissing(file)
  const connection = connect(file, { readOnly, queryOnly })
  const prepare = readOnly ? checkFile : prepareFile
  try {
    await untilUnlocked(() => prepare(connection, file), { file, tries: lockTries })
  } catch (error) {
    connection.close()
    throw error instanceof CarillonError ? error : unusable(file, error)
  }
  const restoring = file === ':memory:' ? null : restoringOf(connection, file)
  if (file !== ':memory:' && !readOnly) claimPlace(file)
  const place = file === ':memory:' ? NO_FILE : dataFile(file)
  const refuseGhost = (): void => {
    const fault = place.placeFault()
    if (fault !== null) throw new CarillonError('store_unavailable', fault)
  }
  const query = new Kysely<Tables>({
    dialect: new SqliteDialect({ database: withStatementCache(connection, refuseGhost) })
  })
  return {
    query,
    dialect: sqliteDialect,
    description: `sqlite:${file}`,
    warnings: restoring === null ? [] : [restoring],
    notices: null,
    revision: revisionOf(connection),
    ...place,
    close: () => query.destroy()
  }
}

/** https://www.sqlite.org/pragma.html#pragma_data_version: own writes do not count. */
function revisionOf(connection: Sqlite.Database): () => number {
  const statement = connection.prepare<[], number>('pragma data_version').pluck()
  return () => (connection.open ? (statement.get() ?? 0) : 0)
}

/** A lease says that its replica lived; of one that has stopped, when. */
function restoringOf(connection: Sqlite.Database, file: string): string | null {
  const table = connection.prepare(`select 1 from sqlite_master where name = 'carillon_replicas'`)
  if (table.get() === undefined) return null
  const aliveUntil = connection
    .prepare<[], number | null>(
      'select max(coalesce(expires_at, stopped_at)) from carillon_replicas'
    )
    .pluck()
    .get()
  return typeof aliveUntil === 'number' ? findRestoring(file, aliveUntil) : null
}

function connect(
  file: string,
  { readOnly, queryOnly }: { readOnly: boolean; queryOnly: boolean }
): Sqlite.Database {
  try {
    // The file of a WAL that is not there is made for whoever reads, too. Only who could write takes it
    // away again.
    const takesAway = queryOnly && !existsSync(`${file}-wal`)
    const readonly = readOnly && !takesAway
    const connection = new Sqlite(file, { timeout: BUSY_TIMEOUT_MS, readonly })
    if (queryOnly) connection.pragma('query_only = 1')
    return connection
  } catch (error) {
    throw unusable(file, error)
  }
}

/** Each setting is read back: a connection that silently stays at less than FULL loses commits. */
function prepareFile(connection: Sqlite.Database, file: string): void {
  refuseForeign(connection, file)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  if (connection.pragma('synchronous', { simple: true }) !== 2) {
    throw new CarillonError('store_unusable', `${file} cannot be opened with synchronous=FULL.`)
  }
  connection.pragma(`journal_size_limit = ${WAL_LIMIT_BYTES}`)
  connection.pragma(`cache_size = -${PAGE_CACHE_KIB}`)
  refuseDamaged(connection, file)
  // Taking the write lock once shows now what would otherwise fail at the first job.
  connection.exec(`begin immediate; pragma application_id = ${APPLICATION_ID}; commit`)
}

function checkFile(connection: Sqlite.Database, file: string): void {
  refuseForeign(connection, file)
  refuseDamaged(connection, file)
}

/** SQLite would take a wrong path for a new database. */
function refuseMissing(file: string): void {
  if (file !== ':memory:' && existsSync(file)) return
  throw new CarillonError(
    'store_unusable',
    `${file} does not exist; name a file that is there in DATABASE_URL.`
  )
}

function refuseForeign(connection: Sqlite.Database, file: string): void {
  const id = connection.pragma('application_id', { simple: true })
  const tables = connection.prepare('select count(*) from sqlite_master').pluck().get()
  if (id === APPLICATION_ID || (id === 0 && tables === 0)) return
  throw new CarillonError(
    'store_unusable',
    `${file} is a database of another application; choose another path in DATABASE_URL.`
  )
}

function refuseDamaged(connection: Sqlite.Database, file: string): void {
  if (file !== ':memory:' && statSync(file).size > CHECK_MAX_BYTES) return
  const verdict = connection.pragma('quick_check(1)', { simple: true })
  if (verdict === 'ok') return
  throw new CarillonError(
    'store_unusable',
    `${file} is damaged (${String(verdict).split('\n')[0]}); restore it from a backup.`
  )
}

async function untilUnlocked(
  work: () => void,
  { file, tries }: { file: string; tries: number }
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return work()
    } catch (error) {
      if (!sqliteDialect.isBusy(error)) throw error
      if (attempt === tries) {
        throw new CarillonError(
          'store_unusable',
          `${file} is locked by another process; stop that process and start again.`,
          { cause: error }
        )
      }
      await new Promise((done) => setTimeout(done, BUSY_TIMEOUT_MS))
    }
  }
}

const ADVICE: Record<string, string> = {
  SQLITE_NOTADB: 'is not a SQLite database; choose another path in DATABASE_URL',
  SQLITE_CORRUPT: 'is damaged; restore it from a backup',
  SQLITE_CANTOPEN: 'cannot be opened; check that the path and its permissions are right',
  SQLITE_READONLY: 'cannot be written to; check the permissions of the file and its folder',
  SQLITE_FULL: 'is on a full disk; make room',
  SQLITE_IOERR: 'cannot be read; check the disk'
}

function unusable(file: string, cause: unknown): CarillonError {
  const code = codeOf(cause)
  const known = Object.keys(ADVICE).find((prefix) => code.startsWith(prefix))
  const advice = known === undefined ? `cannot be opened: ${String(cause)}` : ADVICE[known]
  const folderNote = existsSync(dirname(file)) ? '' : ' (its folder does not exist)'
  return new CarillonError('store_unusable', `${file} ${advice}${folderNote} (${code}).`, { cause })
}
