import process from 'node:process'
import { sql, type RawBuilder } from 'kysely'
import { t as file } from 'tap'
import type { Database } from '../../src/store/db.ts'
import { openDatabase } from '../../src/store/open.ts'
import { findStoreSize } from '../../src/store/store-size.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { plantJobs } from '../helpers/planted-jobs.ts'
import {
  createDatabaseUrl,
  DATABASE_KINDS,
  type DatabaseKind
} from '../helpers/server-databases.ts'
import { startService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(1_800_000)

/** Records of runs on SQLite; on servers, which delete slower, a tenth of them. */
const ROWS = Number(process.env['STORM_ROWS'] ?? 1_000_000)
const JOBS = 10
const HOUR = 3_600_000
const PATIENCE_MS = 600_000
const KEPT = 1_000

/** The whole numbers from 0, so many, as `n`. */
const SERIES: Readonly<Record<DatabaseKind, (count: number) => RawBuilder<unknown>>> = {
  sqlite: (count) => sql`(
    with recursive series (n) as (select 0 union all select n + 1 from series where n < ${count - 1})
    select n from series
  )`,
  postgres: (count) => sql`(select n from generate_series(0, ${count - 1}::int) as n)`,
  mysql: (count) => sql`(select seq as n from ${sql.table(`seq_0_to_${count - 1}`)})`
}

/** Runs that ended long ago, of each job as many: those from `first` on. */
async function addHistory(
  { query }: Database,
  {
    kind,
    firstJob,
    first,
    count
  }: Record<'firstJob' | 'first' | 'count', number> & {
    kind: DatabaseKind
  }
): Promise<void> {
  const ended = Date.now() - HOUR
  await sql`
    insert into carillon_runs (
      job_id, job_version, seq, cause, state, attempt, scheduled_for, occurrences, queued_at, finished_at
    )
    select ${sql.lit(firstJob)} + n % ${sql.lit(JOBS)}, 1, 0, 'schedule', 'succeeded', 1,
      ${sql.lit(ended + first)} + n, 1, ${sql.lit(ended)}, ${sql.lit(ended)}
    from ${SERIES[kind](count)} as series
  `.execute(query)
}

/** What servers do by themselves sooner or later: room of what was deleted is free, and counted. */
async function tidyUp({ query }: Database, kind: DatabaseKind): Promise<void> {
  if (kind === 'postgres') await sql`vacuum analyze carillon_runs`.execute(query)
  if (kind === 'mysql') await sql`analyze table carillon_runs`.execute(query)
}

async function countRuns({ query }: Database): Promise<number> {
  const { rows } = await query
    .selectFrom('carillon_runs')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

testOnDatabases(
  'a history far past retention goes piece by piece while the API answers, and its room is used again',
  DATABASE_KINDS,
  async (t, kind) => {
    const databaseUrl = await createDatabaseUrl(t, kind)
    const job = { input: { name: 'old', schedule: '@yearly' }, nextRunAt: Date.now() + HOUR }
    const jobs = await plantJobs(
      databaseUrl,
      Array.from({ length: JOBS }, () => job)
    )
    const database = await openDatabase(databaseUrl)
    t.teardown(() => database.close())
    const rows = kind === 'sqlite' ? ROWS : ROWS / 10
    const add = (first: number, count: number): Promise<void> =>
      addHistory(database, { kind, firstJob: jobs[0] ?? 0, first, count })

    const prune = async (): Promise<void> => {
      const refused: number[] = []
      const times: number[] = []
      const pieces: number[] = []
      let left = await countRuns(database)
      const service = await startService(t, { env: { DATABASE_URL: databaseUrl } })
      await until(
        'the rest to be what is kept',
        async () => {
          const asked = performance.now()
          const { status } = await service.request('GET /jobs?limit=10')
          times.push(performance.now() - asked)
          if (status !== 200) refused.push(status)
          const now = await countRuns(database)
          pieces.push(left - now)
          left = now
          return left <= KEPT * JOBS
        },
        PATIENCE_MS
      )
      t.strictSame(refused, [])
      const [slowest, largest] = [Math.max(...times), Math.max(...pieces)]
      t.comment(`${times.length} answers meanwhile, the slowest after ${Math.round(slowest)} ms`)
      t.ok(largest <= rows / 4, `${largest} runs at once at most`)
      for (const id of jobs) t.equal((await service.listRuns(id)).length, KEPT)
      service.kill('SIGTERM')
      await service.exited
    }
    const size = async (): Promise<number> => {
      await tidyUp(database, kind)
      return (await findStoreSize(database)) ?? Number.NaN
    }

    await add(0, rows)
    t.equal(await countRuns(database), rows)
    const before = await size()
    await prune()
    await tidyUp(database, kind)
    await add(rows, rows / 2)
    const after = await size()
    // Were the room not used again, it would be half as large again; pages of PostgreSQL's indexes are
    // used again only after one more vacuum.
    t.ok(after <= before * 1.3, `${before} bytes before, ${after} after`)
    await prune()
  }
)
