import Sqlite from 'better-sqlite3'
import type { KyselyPlugin } from 'kysely'
import type { Database, Db } from '../../src/store/db.ts'

/** A database whose statements a test sees, and can let fail. */
export interface WatchedDatabase {
  database: Database
  /** Called with the text of every statement before it is run; what it throws, the statement does. */
  onStatement: (sql: string, parameters: readonly unknown[]) => void
}

/** Puts a watch in front of a database, in its transactions too; `begin` and `commit` are not seen. */
export function watchDatabase(database: Database): WatchedDatabase {
  const watch: Pick<WatchedDatabase, 'onStatement'> = { onStatement: () => undefined }
  const plugin: KyselyPlugin = {
    transformQuery: ({ node, queryId }) => {
      const { sql, parameters } = database.query.getExecutor().compileQuery(node, queryId)
      watch.onStatement(sql, parameters)
      return node
    },
    transformResult: async ({ result }) => result
  }
  return Object.assign(watch, {
    database: { ...database, query: database.query.withPlugin(plugin) }
  })
}

/** The text of a statement in one line and without quotes, to look for words in it. */
export function plainText(statement: string): string {
  return statement.replaceAll(/["`]/g, '').replaceAll(/\s+/g, ' ')
}

/** Whether a statement writes the results of runs. */
export function isSettling(statement: string): boolean {
  return /^ ?update .*attempt = given\.attempt/.test(plainText(statement))
}

type Kind = Db['dialect']['name']

/** An error as a driver makes it. */
function driverError(message: string, code: string): Error & { code: string } {
  return Object.assign(new Error(message), { code })
}

/** What the database says when its disk fails. */
export function diskError({ dialect }: Db): Error & { code: string } {
  return DISK_ERRORS[dialect.name]()
}

const DISK_ERRORS: Readonly<Record<Kind, () => Error & { code: string }>> = {
  sqlite: () => new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE'),
  postgres: () => driverError('could not write to file: Input/output error', '58030'),
  mysql: () => driverError('Error writing file (errno: 5)', 'ER_ERROR_ON_WRITE')
}

/** What the database says when another transaction is in the way. */
export function busyError({ dialect }: Db): Error {
  return BUSY_ERRORS[dialect.name]()
}

const BUSY_ERRORS: Readonly<Record<Kind, () => Error>> = {
  sqlite: () => new Sqlite.SqliteError('database is locked', 'SQLITE_BUSY'),
  postgres: () => driverError('deadlock detected', '40P01'),
  mysql: () => driverError('Deadlock found when trying to get lock', 'ER_LOCK_DEADLOCK')
}

/** What the database says when there is no room left on its disk. */
export function fullError({ dialect }: Db): Error {
  return FULL_ERRORS[dialect.name]()
}

const FULL_ERRORS: Readonly<Record<Kind, () => Error>> = {
  sqlite: () => new Sqlite.SqliteError('database or disk is full', 'SQLITE_FULL'),
  postgres: () => driverError('could not extend file: No space left on device', '53100'),
  mysql: () => driverError('Disk full; waiting for someone to free some space', 'ER_DISK_FULL')
}
