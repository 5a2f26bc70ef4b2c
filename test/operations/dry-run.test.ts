import { sql } from 'kysely'
import type { Test } from 'tap'
import type { Database } from '../../src/store/db.ts'
import { createTestApi } from '../helpers/api.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler, overDays, type TestScheduler } from '../helpers/scheduler.ts'

const HOUR = 3_600_000

/** Everything in the database but the sign of life of this process. */
async function dump({ query }: Database): Promise<Record<string, unknown>> {
  const content: Record<string, unknown> = {}
  for (const { name } of await query.introspection.getTables()) {
    if (name === 'carillon_replicas') continue
    content[name] = (await sql`select * from ${sql.table(name)}`.execute(query)).rows
  }
  return content
}

/** A server does not take back the ids that it gave away: of new rows they are others each time. */
function withoutIds(answer: unknown): unknown {
  const plain = (key: string, value: unknown): unknown => {
    if (key === 'cancelled' && Array.isArray(value)) return value.length
    return key === 'id' ? 0 : value
  }
  return JSON.parse(JSON.stringify(answer, plain))
}

/** A scheduler with a job that runs, has one more waiting and is due this very instant. */
async function createBusyJob(t: Test): Promise<TestScheduler & { id: number }> {
  const parts = await createTestScheduler(t, overDays)
  const { scheduler, clock } = parts
  const release: (() => void)[] = []
  scheduler.handle('slow', () => new Promise<void>((resolve) => release.push(resolve)))
  t.teardown(() => {
    for (const resolve of release) resolve()
  })
  const { id } = await scheduler.createJob({
    name: 'busy',
    schedule: '0 * * * *',
    overlap: 'queue_all',
    target: { type: 'handler', name: 'slow' }
  })
  await clock.advance(2 * HOUR)
  clock.jumpTo(Date.parse('2026-01-01T03:00:00Z'))
  return { ...parts, id }
}

const WRITES: [name: string, write: (parts: TestScheduler, id: number) => Promise<unknown>][] = [
  ['create', ({ scheduler }) => scheduler.dryRun.createJob({ name: 'new', schedule: '7 * * * *' })],
  ['update', ({ scheduler }, id) => scheduler.dryRun.updateJob(id, { schedule: '5 * * * *' })],
  ['delete', ({ scheduler }, id) => scheduler.dryRun.deleteJob(id)],
  ['pause', ({ scheduler }, id) => scheduler.dryRun.pause(id)],
  ['resume', ({ scheduler }, id) => scheduler.dryRun.resume(id, { catch_up: true })],
  ['skip', ({ scheduler }, id) => scheduler.dryRun.skip(id, 3)],
  ['run', ({ scheduler }, id) => scheduler.dryRun.run(id)],
  ['run, replacing', ({ scheduler }, id) => scheduler.dryRun.run(id, { overlap: 'replace' })],
  [
    'backfill',
    ({ scheduler }, id) => {
      const stretch = { from: '2025-12-31T00:00:00Z', to: '2025-12-31T05:00:00Z' }
      return scheduler.backfill(id, { ...stretch, dry_run: true })
    }
  ],
  [
    'update that is refused',
    ({ scheduler }, id) => scheduler.dryRun.updateJob(id, { schedule: 'x' }).catch(() => null)
  ]
]

for (const [name, write] of WRITES) {
  test(`a dry run leaves no trace: ${name}`, async (t) => {
    const parts = await createBusyJob(t)
    const before = await dump(parts.database)
    const told: string[] = []
    for (const event of ['job_created', 'job_updated', 'job_deleted', 'jobs_moved'] as const) {
      parts.scheduler.events.on(event, () => told.push(event))
    }
    for (const event of ['occurrences_not_run', 'runs_started', 'jobs_finished'] as const) {
      parts.scheduler.events.on(event, () => told.push(event))
    }
    const first = await write(parts, parts.id)
    t.strictSame(await dump(parts.database), before)
    t.strictSame(told, [])
    t.strictSame(withoutIds(await write(parts, parts.id)), withoutIds(first))
    t.equal((await parts.scheduler.getJob(parts.id)).running, 1)
  })
}

const at = (...times: string[]): string[] => times.map((time) => `2026-01-01T${time}:00.000Z`)

test('what would run before and after is told, five occurrences of each', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  const { id } = await scheduler.createJob({ name: 'hourly', schedule: '0 * * * *' })
  await clock.advance(90 * 60_000)
  const before = at('02:00', '03:00', '04:00', '05:00', '06:00')
  const later = at('01:45', '02:45', '03:45', '04:45', '05:45')
  const untilFour = { until: '2026-01-01T04:00:00Z' }
  const { dryRun } = scheduler
  t.match(await dryRun.updateJob(id, { schedule: '45 * * * *' }), {
    dry_run: true,
    job: { id, version: 2, schedule: '45 * * * *' },
    cancelled: [],
    next_before: before,
    next_after: later
  })
  t.strictSame((await dryRun.createJob({ name: 'x', schedule: '45 * * * *' })).next_after, later)
  t.strictSame((await dryRun.createJob({ name: 'x', schedule: '45 * * * *' })).next_before, [])
  t.strictSame((await dryRun.deleteJob(id)).next_after, [])
  t.strictSame((await dryRun.pause(id)).next_after, [])
  t.match((await dryRun.pause(id)).job, { state: 'paused' })
  t.match((await dryRun.pause(id, untilFour)).next_after, at('04:00', '05:00', '06:00', '07:00'))
  const untilHalfPast = { until: '2026-01-01T03:30:00Z' }
  t.match((await dryRun.pause(id, untilHalfPast)).next_after, at('04:00', '05:00', '06:00'))
  t.match((await dryRun.skip(id, 2)).next_after, at('04:00', '05:00', '06:00', '07:00'))
  t.match((await dryRun.updateJob(id, { max_runs: 3 })).next_after, at('02:00', '03:00'))
  t.equal((await dryRun.updateJob(id, { max_runs: 3 })).next_after.length, 2)
  const exclude = [{ from: '2026-01-01T02:00:00Z', to: '2026-01-01T04:00:00Z' }]
  t.match((await dryRun.updateJob(id, { exclude })).next_after, at('04:00', '05:00'))
  const run = await dryRun.run(id)
  t.match(run, { run: { state: 'pending', cause: 'manual' }, next_after: before })
  await scheduler.pause(id)
  t.match(await dryRun.resume(id), { next_before: [], next_after: before })
})

test('what would be cancelled is told by id', async (t) => {
  const { scheduler, id } = await createBusyJob(t)
  const runs = await scheduler.listRuns({ filter: { jobId: id } })
  const running = runs.find((run) => run.state === 'running')
  const waiting = runs.find((run) => run.state === 'pending')
  const { cancelled } = await scheduler.dryRun.deleteJob(id)
  // The occurrence that is due this very instant would be recorded first, and cancelled with them.
  t.equal(cancelled.length, 3)
  t.ok([running?.id, waiting?.id].every((run) => run !== undefined && cancelled.includes(run)))
  const finishing = await scheduler.dryRun.deleteJob(id, { running: 'finish' })
  t.notOk(finishing.cancelled.includes(running?.id ?? 0))
  t.strictSame((await scheduler.dryRun.pause(id)).cancelled, [])
  const replaced = await scheduler.dryRun.run(id, { overlap: 'replace' })
  t.strictSame(replaced.cancelled, [running?.id])
  await t.rejects(scheduler.dryRun.deleteJob(id, { running: 'refuse' }), { code: 'job_running' })
  await t.rejects(scheduler.dryRun.run(id, { overlap: 'skip' }), { code: 'run_active' })
})

test('a write during dry runs is neither lost nor undone', async (t) => {
  const { scheduler } = await createTestScheduler(t, overDays)
  const { id } = await scheduler.createJob({ name: 'one', schedule: '0 * * * *' })
  await Promise.all([
    scheduler.dryRun.updateJob(id, { name: 'dry' }),
    scheduler.updateJob(id, { timeout: '5m' }),
    scheduler.dryRun.deleteJob(id),
    scheduler.updateJob(id, { tags: ['kept'] })
  ])
  t.match(await scheduler.getJob(id), { name: 'one', version: 3, timeout: '5m', tags: ['kept'] })
})

test('?dry_run=true answers 200 on every write of a job, and the cache stays right', async (t) => {
  const { send } = await createTestApi(t)
  const input = { name: 'kept', schedule: '0 9 * * *' }
  const dry = await send('POST', '/jobs?dry_run=true', input)
  t.match(dry, { status: 200, body: { dry_run: true, job: { name: 'kept' }, next_before: [] } })
  t.equal(dry.body.next_after.length, 5)
  t.strictSame((await send('GET', '/jobs')).body, [])
  t.equal((await send('POST', '/jobs?dry_run=perhaps', input)).status, 400)
  const { body: job } = await send('POST', '/jobs?dry_run=false', input)
  const url = `/jobs/${job.id}`
  t.strictSame((await send('GET', url)).body, job)
  const calls = [
    ['PATCH', url, { name: 'other' }],
    ['DELETE', url, undefined],
    ['POST', `${url}/pause`, {}],
    ['POST', `${url}/resume`, {}],
    ['POST', `${url}/skip`, { count: 1 }],
    ['POST', `${url}/run`, {}]
  ] as const
  for (const [method, path, body] of calls) {
    const answer = await send(method, `${path}?dry_run=true`, body)
    t.match(answer, { status: 200, body: { dry_run: true } }, path)
    t.strictSame((await send('GET', url)).body, job, path)
  }
  t.strictSame((await send('GET', '/runs')).body, [])
  t.equal((await send('PATCH', `${url}?dry_run=true`, { schedule: 'x' })).status, 400)
  t.equal((await send('DELETE', '/jobs/9?dry_run=true')).status, 404)
  t.equal((await send('DELETE', `${url}?dry_run=perhaps`)).status, 400)
  t.equal((await send('GET', url)).status, 200)
})
