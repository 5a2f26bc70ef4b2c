import { CarillonError } from '../domain/errors.ts'
import type { Database } from './db.ts'
import { openSqlite } from './sqlite.ts'

/**
 * Opens the database that a URL names: `sqlite:./carillon.db`, `sqlite:/var/lib/carillon.db`,
 * `sqlite::memory:`.
 * @throws CarillonError `store_unusable`, or `invalid_configuration` for a URL of another kind
 */
export async function openDatabase(url: string): Promise<Database> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === 'sqlite') {
    const path = url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
    if (path !== '') return openSqlite(path)
  }
  throw new CarillonError(
    'invalid_configuration',
    `DATABASE_URL must name a SQLite file, such as "sqlite:./carillon.db"; ${scheme === undefined ? 'it has no scheme' : `"${scheme}:" is not supported`}.`
  )
}
