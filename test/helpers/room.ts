import { sql } from 'kysely'
import type { Database } from '../../src/store/db.ts'

/** Leaves a SQLite database this many pages to grow by: beyond them its disk is full. */
export async function setRoom({ query }: Database, pages: number): Promise<void> {
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(query)
  const most = (rows[0]?.page_count ?? 0) + pages
  await sql`pragma max_page_count = ${sql.lit(most)}`.execute(query)
}
