import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'

/** Those of servers are the sizes of our tables with their indexes; those of MySQL are estimates. */
const SIZES: Readonly<Record<Db['dialect']['name'], RawBuilder<number | null>>> = {
  sqlite: sql`(select page_count * page_size from pragma_page_count, pragma_page_size)`,
  postgres: sql`(
    select sum(pg_total_relation_size(oid))::bigint from pg_class
    where relkind = 'r' and relname like 'carillon\\_%'
      and relnamespace = (select relnamespace from pg_class where oid = 'carillon_jobs'::regclass)
  )`,
  mysql: sql`(
    select cast(sum(data_length + index_length) as signed) from information_schema.tables
    where table_schema = database() and table_name like 'carillon\\_%'
  )`
}

/** Bytes on the disk of the database; null where it does not say. */
export async function findStoreSize(db: Db): Promise<number | null> {
  const { rows } = await sql<{ size: number | null }>`
    select ${SIZES[db.dialect.name]} as size
  `.execute(db.query)
  return rows[0]?.size ?? null
}
