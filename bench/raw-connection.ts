import { connectRawMysql } from './raw-mysql.ts'
import { connectRawPostgres } from './raw-postgres.ts'
import type { RawConnection } from './raw-records.ts'
import { connectRawSqlite } from './raw-sqlite.ts'

/** Connects to a database by the URL that names it for us, too. */
export async function connectRaw(url: string): Promise<RawConnection> {
  if (url.startsWith('sqlite:')) return connectRawSqlite(url.slice('sqlite:'.length))
  return url.startsWith('postgres:') ? connectRawPostgres(url) : connectRawMysql(url)
}
