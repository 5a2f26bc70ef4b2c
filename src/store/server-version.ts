import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'

const VERSIONS: Readonly<Record<Db['dialect']['name'], RawBuilder<string>>> = {
  sqlite: sql`'SQLite ' || sqlite_version()`,
  postgres: sql`'PostgreSQL ' || current_setting('server_version')`,
  mysql: sql`concat(if(version() like '%mariadb%', 'MariaDB ', 'MySQL '), version())`
}

/** What kind of database it is and its version, as it says itself: "PostgreSQL 15.8". */
export async function findServerVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`
    select ${VERSIONS[db.dialect.name]} as version
  `.execute(db.query)
  return rows[0]?.version ?? db.dialect.name
}
