import { CarillonError } from '../domain/errors.ts'
import type { Database } from './db.ts'
import { openMysql } from './mysql.ts'
import { openPostgres } from './postgres.ts'
import type { ServerOptions } from './server.ts'
import { openSqlite } from './sqlite.ts'

const DEFAULT_POOL_SIZE = 10

export interface OpenOptions extends ServerOptions {
  /** A SQLite file must be there, and stays as it is; on a server that is up to transactions. */
  readOnly: boolean
  /** The same, leaving no file of SQLite beside it; nothing but single questions can be asked. */
  queryOnly: boolean
}

/**
 * Opens the database that a URL names: `sqlite:./carillon.db`, `sqlite::memory:`,
 * `postgres://user:password@host:5432/name`, `mysql://user:password@host:3306/name`.
 * @throws CarillonError `store_unusable`, or `invalid_configuration` for a URL of another kind
 */
export async function openDatabase(
  url: string,
  {
    poolSize = DEFAULT_POOL_SIZE,
    queryOnly = false,
    readOnly = queryOnly,
    ...more
  }: Partial<OpenOptions> = {}
): Promise<Database> {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  const options = { poolSize, ...more }
  switch (scheme) {
    case 'sqlite': {
      const path = sqlitePath(url)
      if (path !== null && path !== '') return openSqlite(path, { readOnly, queryOnly })
      break
    }
    case 'postgres':
    case 'postgresql':
      if (namesDatabase(url)) return openPostgres(url, options)
      break
    case 'mysql':
    case 'mariadb':
      if (namesDatabase(url)) return openMysql(url, options)
      break
    default:
  }
  throw new CarillonError(
    'invalid_configuration',
    `DATABASE_URL must be such as "sqlite:./carillon.db", "postgres://user:password@host:5432/name" or "mysql://user:password@host:3306/name"; ${faultOf(scheme)}.`
  )
}

/** The path that a URL of SQLite names, `:memory:` among them; null for a URL of another kind. */
export function sqlitePath(url: string): string | null {
  if (!/^sqlite:/i.test(url)) return null
  return url.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
}

/** Without a name, drivers would take that of the user. */
function namesDatabase(url: string): boolean {
  return URL.canParse(url) && new URL(url).pathname.length > 1
}

function faultOf(scheme: string | undefined): string {
  if (scheme === undefined) return 'it has no scheme'
  const isKnown = ['sqlite', 'postgres', 'postgresql', 'mysql', 'mariadb'].includes(scheme)
  return isKnown ? 'it names no database' : `"${scheme}:" is not supported`
}
