import Sqlite from 'better-sqlite3'
import type { KyselyPlugin } from 'kysely'
import type { Database } from '../../src/store/db.ts'

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

/** What SQLite says when the disk fails. */
export function diskError(): Error {
  return new Sqlite.SqliteError('disk I/O error', 'SQLITE_IOERR_WRITE')
}

/** What SQLite says when another process holds the lock. */
export function busyError(): Error {
  return new Sqlite.SqliteError('database is locked', 'SQLITE_BUSY')
}
