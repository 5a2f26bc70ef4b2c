import type { ServerResponse } from 'node:http'
import { t as file, type Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import type { Database } from '../../src/store/db.ts'
import { openDatabase } from '../../src/store/open.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { plantJobs } from '../helpers/planted-jobs.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { startService } from '../helpers/service.ts'
import { createSink, type Sink, type SinkRequest } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(600_000)

const PATIENCE_MS = 240_000

/** Jobs that were due a second ago, one call of the sink each. */
function plantDue(databaseUrl: string, count: number, input: Partial<JobInput> & { url: string }) {
  const { url, ...more } = input
  const due = Date.now() - 1_000
  const job: JobInput = {
    name: 'herd',
    start_date: new Date(due).toISOString(),
    target: { type: 'http', url },
    ...more
  }
  const jobs = Array.from({ length: count }, () => ({ input: job, nextRunAt: due }))
  return plantJobs(databaseUrl, jobs)
}

async function openStore(t: Test, databaseUrl: string): Promise<Database> {
  const database = await openDatabase(databaseUrl)
  t.teardown(() => database.close())
  return database
}

async function countSucceeded({ query }: Database): Promise<number> {
  const { rows } = await query
    .selectFrom('carillon_runs')
    .where('state', '=', 'succeeded')
    .select((select) => select.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** Lets the sink take its time; @returns the most requests that were there at once */
function watchCrowd(sink: Sink, answerMs: number): () => number {
  let present = 0
  let most = 0
  sink.respondWith((response: ServerResponse) => {
    most = Math.max(most, ++present)
    response.on('finish', () => present--)
    setTimeout(() => response.end('ok'), answerMs)
  })
  return () => most
}

const JOBS = 5_000
const SLOTS = 40

testOnDatabases(
  'of 5,000 jobs due at a start no more run at once than there are slots, and the API answers',
  DATABASE_KINDS,
  async (t, kind) => {
    const sink = await createSink(t)
    const most = watchCrowd(sink, 20)
    const databaseUrl = await createDatabaseUrl(t, kind)
    await plantDue(databaseUrl, JOBS, { url: sink.url })
    const env = { DATABASE_URL: databaseUrl, CARILLON_MAX_CONCURRENT_RUNS: String(SLOTS) }
    const service = await startService(t, { env })
    const store = await openStore(t, databaseUrl)
    const refused: unknown[] = []
    const times: number[] = []
    await until(
      'all of them to succeed',
      async () => {
        for (const call of ['GET /livez', 'GET /jobs?limit=10', 'GET /runs?limit=10']) {
          const asked = performance.now()
          const { status } = await service.request(call)
          times.push(performance.now() - asked)
          if (status !== 200) refused.push([call, status])
        }
        return sink.requests.length >= JOBS && (await countSucceeded(store)) === JOBS
      },
      PATIENCE_MS
    )
    t.strictSame(refused, [])
    t.equal(sink.requests.length, JOBS, 'one request each')
    t.ok(most() <= SLOTS && most() > SLOTS / 2, `${most()} at once`)
    const p99 = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? 0
    t.comment(`${times.length} answers, p99 ${Math.round(p99)} ms`)
  }
)

const isFirst = ({ headers }: SinkRequest): boolean => headers['carillon-attempt'] === '1'

const FAILING = 1_000
const SECOND = 1_000

testOnDatabases(
  'a thousand runs that fail together are tried again spread over the whole backoff, and no more often',
  DATABASE_KINDS,
  async (t, kind) => {
    const sink = await createSink(t)
    // The first attempt of each run: one whose later ones came while these went on would be over.
    sink.respondWith((response, request) => {
      response.statusCode = isFirst(request) ? 503 : 200
      response.end()
    })
    const databaseUrl = await createDatabaseUrl(t, kind)
    const retry = { max_attempts: 3, backoff: 'fixed', initial: '20s', max: '20s' } as const
    await plantDue(databaseUrl, FAILING, { url: sink.url, retry })
    await startService(t, { env: { DATABASE_URL: databaseUrl } })
    const haveAllBegun = async (): Promise<boolean> =>
      sink.requests.filter(isFirst).length >= FAILING
    await until('a first answer for each', haveAllBegun, PATIENCE_MS)
    const store = await openStore(t, databaseUrl)
    const waiting = await until('all to wait or be over', async () => {
      const runs = await store.query
        .selectFrom('carillon_runs')
        .select(['available_at', 'finished_at', 'state', 'attempts'])
        .execute()
      return runs.some((run) => run.state === 'running') ? null : runs
    })
    const buckets = Map.groupBy(
      waiting.flatMap(({ available_at: at }) => (at === null ? [] : [at])),
      (at) => Math.floor(at / SECOND)
    )
    const sizes = [...buckets.values()].map((bucket) => bucket.length)
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    t.ok(sizes.length >= 15, `${sizes.length} seconds`)
    t.ok(Math.max(...sizes) <= 3 * mean, `${Math.max(...sizes)} in one second, ${mean} on average`)

    const isOver = async (): Promise<boolean> => (await countSucceeded(store)) === FAILING
    await until('all of them to succeed', isOver, PATIENCE_MS)
    t.equal(sink.requests.length, 2 * FAILING)
  }
)
