import { sql } from 'kysely'
import type { Db } from '../../src/store/db.ts'
import type { DatabaseKind } from './server-databases.ts'

const isOurs = sql`like 'carillon!_%' escape '!'`
const isOfMigrator = sql`like 'carillon!_migrations%' escape '!'`

/** The tables and indexes of a database as text, the same however it came to them. */
export function schemaText(db: Db): Promise<string> {
  return READERS[db.dialect.name](db)
}

const READERS: Readonly<Record<DatabaseKind, (db: Db) => Promise<string>>> = {
  sqlite: readSqlite,
  postgres: readPostgres,
  mysql: readMysql
}

async function readSqlite({ query }: Db): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_master where sql is not null and name ${isOurs}
      and not name ${isOfMigrator} order by tbl_name, type desc, name
  `.execute(query)
  const columns = /, (?="\w+" |constraint)/g
  return rows.map((row) => `${row.sql.replaceAll(columns, ',\n  ')};\n`).join('')
}

async function readPostgres({ query }: Db): Promise<string> {
  const { rows: columns } = await sql<{ table: string; text: string }>`
    select table_name as table, concat_ws(' ', column_name, data_type,
      case when character_maximum_length is not null then '(' || character_maximum_length || ')' end,
      case when is_nullable = 'NO' then 'not null' end,
      case when is_identity = 'YES' then 'identity' end, 'default ' || column_default) as text
    from information_schema.columns
    where table_schema = current_schema() and table_name ${isOurs} and not table_name ${isOfMigrator}
    order by table_name, ordinal_position
  `.execute(query)
  const { rows: indexes } = await sql<{ table: string; text: string }>`
    select tablename as table, replace(indexdef, current_schema() || '.', '') as text
    from pg_indexes
    where schemaname = current_schema() and tablename ${isOurs} and not tablename ${isOfMigrator}
    order by tablename, indexname
  `.execute(query)
  const of = (rows: typeof columns, table: string) =>
    rows.filter((row) => row.table === table).map((row) => row.text)
  return [...new Set(columns.map((row) => row.table))]
    .map((table) => {
      const body = of(columns, table).join(',\n  ')
      return [`TABLE ${table} (\n  ${body}\n)`, ...of(indexes, table)].join(';\n')
    })
    .join(';\n')
    .concat(';\n')
}

async function readMysql({ query }: Db): Promise<string> {
  const { rows: tables } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = database() and table_name ${isOurs} and not table_name ${isOfMigrator}
    order by table_name
  `.execute(query)
  let text = ''
  for (const { name } of tables) {
    const { rows } = await sql<{ 'Create Table': string }>`
      show create table ${sql.table(name)}
    `.execute(query)
    text += `${rows[0]?.['Create Table'].replace(/ AUTO_INCREMENT=\d+/, '')};\n`
  }
  return text
}
