import type Sqlite from 'better-sqlite3'
import type { SqliteDatabase, SqliteStatement } from 'kysely'
import { LRUCache } from 'lru-cache'

const MAX_STATEMENTS = 500
const NOTHING = { changes: 0, lastInsertRowid: 0 }

/**
 * The connection as Kysely's driver wants it, with each statement prepared once instead of at
 * every call. `begin` becomes `begin immediate`: a transaction that reads before it writes would
 * otherwise fail at its first write whenever another process wrote in between, whatever the timeout.
 * `rollback` does nothing where SQLite has rolled back by itself, as on a full disk: the error of that
 * would hide why (https://www.sqlite.org/lang_transaction.html).
 *
 * `beforeWrite` is called before each transaction, and each write outside of one; it throws to refuse it.
 */
export function withStatementCache(
  connection: Sqlite.Database,
  beforeWrite: () => void
): SqliteDatabase {
  const statements = new LRUCache<string, SqliteStatement>({ max: MAX_STATEMENTS })
  return {
    close: () => {
      connection.close()
    },
    prepare: (text) => {
      const known = statements.get(text)
      if (known !== undefined) return known
      const statement = connection.prepare(text === 'begin' ? 'begin immediate' : text)
      const check = (): void => {
        if (!statement.readonly && !connection.inTransaction) beforeWrite()
      }
      const prepared: SqliteStatement = {
        reader: statement.reader,
        all: (parameters) => {
          check()
          return statement.all(parameters)
        },
        run: (parameters) => {
          if (text === 'rollback' && !connection.inTransaction) return NOTHING
          check()
          return statement.run(parameters)
        },
        iterate: (parameters) => statement.iterate(parameters)
      }
      statements.set(text, prepared)
      return prepared
    }
  }
}
