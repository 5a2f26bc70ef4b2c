import { sql } from 'kysely'
import { DATABASE_NAMES, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { openDatabase } from '../src/store/open.ts'
import { dueNextYear, fillJobs } from './job-table.ts'
import { inOwnDatabase, onEachDatabase } from './own-database.ts'
import type { Line } from './report.ts'
import { fillRuns } from './run-table.ts'

const JOBS = 1_000
const RUNS = 200_000

const SIZE: Readonly<Record<DatabaseKind, string>> = {
  sqlite: 'select page_count * page_size as bytes from pragma_page_count, pragma_page_size',
  postgres: `select pg_total_relation_size('carillon_runs') as bytes`,
  mysql: `select data_length + index_length as bytes from information_schema.tables
    where table_schema = database() and table_name = 'carillon_runs'`
}

/** What the database keeps of a run that has ended, with its indexes. */
export function disk(): Promise<Line[]> {
  return onEachDatabase((kind) =>
    inOwnDatabase(kind, async (url) => {
      await fillJobs(url, JOBS, dueNextYear())
      const before = await bytesOf(kind, url)
      await fillRuns(url, RUNS, JOBS)
      const each = ((await bytesOf(kind, url)) - before) / RUNS
      const what = `${DATABASE_NAMES[kind]}, a run that succeeded, with its indexes`
      return [{ what, ours: `${Math.round(each)} bytes` }]
    })
  )
}

async function bytesOf(kind: DatabaseKind, url: string): Promise<number> {
  const database = await openDatabase(url)
  try {
    if (kind === 'mysql') await sql`analyze table carillon_runs`.execute(database.query)
    const { rows } = await sql.raw<{ bytes: unknown }>(SIZE[kind]).execute(database.query)
    return Number(rows[0]?.bytes)
  } finally {
    await database.close()
  }
}
