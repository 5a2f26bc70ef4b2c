import { sql } from 'kysely'
import type { Db } from './db.ts'

/** The columns of a table that rows are inserted with: what the database computes is not among them. */
export async function listColumns(db: Db, table: string): Promise<string[]> {
  const statements = {
    // Leaves out what is computed.
    sqlite: sql<{ name: string }>`select name from pragma_table_info(${table})`,
    postgres: sql<{ name: string }>`
      select attname as name from pg_attribute where attrelid = ${table}::regclass
        and attnum > 0 and not attisdropped and attgenerated = ''
    `,
    mysql: sql<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_schema = database() and table_name = ${table}
        and coalesce(generation_expression, '') = ''
    `
  }
  const { rows } = await statements[db.dialect.name].execute(db.query)
  return rows.map(({ name }) => name)
}
