import { sql, type Insertable } from 'kysely'
import type { Test } from 'tap'
import type { Events } from '../../src/engine/events.ts'
import type { RoundsStatus } from '../../src/engine/rounds.ts'
import { createSelfCheck } from '../../src/engine/self-check.ts'
import type { Db } from '../../src/store/db.ts'
import type { JobTable } from '../../src/store/tables.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, changeRun, newRun } from '../helpers/rows.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { diskError, plainText, watchDatabase } from '../helpers/watched-database.ts'

const MINUTE = 60_000
const target = { type: 'handler', name: 'work' } as const
/** Rounds are a while apart, so that minutes go by in a few of them. */
const calm = { pollMs: 20_000, leaseMs: 150_000, heartbeatMs: 50_000 }
const yearly = { name: 'a', schedule: '@yearly', target }

async function changeJob(
  { query }: Db,
  id: number,
  columns: Partial<Insertable<JobTable>>
): Promise<void> {
  await query.updateTable('carillon_jobs').set(columns).where('id', '=', id).execute()
}

/** What was told: the invariant, how often it is violated, and where. */
function said(told: readonly Events['invariant_violated'][]): string[] {
  return told.map(({ invariant, count, examples }) => `${invariant} ${count} [${examples.join()}]`)
}

test('an enabled job without a next occurrence gets the first one after now, noted, and is told of once', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const job = await scheduler.createJob({ name: 'a', repeat_interval: '2m' })
  const spent = await scheduler.createJob({ name: 'b', repeat_interval: '1h', max_runs: 2 })
  await changeJob(database, job.id, { next_run_at: null })
  await changeJob(database, spent.id, { next_run_at: null, scheduled_runs: 2 })
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')), [
    `next_run_missing 2 [${job.id},${spent.id}]`,
    'next_run_missing 0 []'
  ])
  t.match(events('invariant_violated')[0]?.repair, /first occurrence after now/)
  t.equal((await scheduler.getJob(job.id)).next_run_at, job.next_run_at)
  t.equal((await scheduler.getJob(spent.id)).state, 'finished')
  t.match(await scheduler.listChanges(job.id), [
    { action: 'updated', detail: { next_run_at: { before: null, after: job.next_run_at } } },
    { action: 'created' }
  ])
  await clock.advance(MINUTE + 100)
  t.strictSame(await statesOf(scheduler, job.id), ['succeeded'])
  t.equal(events('invariant_violated').length, 2)
})

test('a job without a next occurrence whose definition cannot be used is paused, with the reason', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '1h' })
  await changeJob(database, id, { next_run_at: null, definition: '{"name":"a","schedule":"x"}' })
  await clock.advance(MINUTE)
  t.match(said(events('invariant_violated')), [
    `next_run_missing 1 [${id}]`,
    'next_run_missing 0 []'
  ])
  t.match(events('job_broken'), [{ job_id: id }])
  t.strictSame(events('pass_failed'), [])
})

test('a running run that nobody holds is told of within a minute and started again', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const calls = createGate(scheduler, 'work')
  for (const overlap of ['skip', 'allow'] as const) {
    const job = await scheduler.createJob({ ...yearly, overlap })
    const { id } = await scheduler.run(job.id)
    calls.pop()?.resolve()
    await clock.advance(100)
    const active = overlap === 'skip' ? job.id : null
    const columns = {
      state: 'running',
      owner: null,
      active_key: active,
      finished_at: null
    } as const
    await changeRun(database, id, { ...columns, replica: overlap === 'skip' ? 1 : null })
    events('invariant_violated').length = 0
    await clock.advance(MINUTE)
    t.strictSame(
      said(events('invariant_violated')),
      [`running_without_lease 1 [${id}]`, 'running_without_lease 0 []'],
      overlap
    )
    t.equal(calls.length, 1, 'it runs again')
    calls.pop()?.resolve('again')
    await clock.advance(100)
    t.match(await runsOf(scheduler, job.id), [{ id, state: 'succeeded', result: 'again' }])
  }
})

test('a run of a replica that neither lives nor has stopped is told of and started again', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const calls = createGate(scheduler, 'work')
  const job = await scheduler.createJob(yearly)
  // Neither found dead, since it never has a lease that could end, nor marked as stopped.
  const other = await inTransaction(database, async (trx) => {
    const replica = await addReplica(trx)
    const replicas = trx.query.updateTable('carillon_replicas').set({ expires_at: null })
    await replicas.where('id', '=', replica).execute()
    return replica
  })
  const run = newRun(job.id, { state: 'running', exclusive: true })
  const [id = 0] = await addRuns(database, [run], other)
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')), [`running_without_lease 1 [${id}]`])
  await clock.advance(MINUTE)
  t.equal(calls.length, 1)
  t.strictSame(said(events('invariant_violated')).slice(1), ['running_without_lease 0 []'])
})

test('runs that ended and are not counted are told of by their hours, and pruned ones never', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(yearly)
  for (const outcome of ['succeeded', 'failed', 'succeeded']) {
    await scheduler.run(id)
    const call = calls.pop()
    if (outcome === 'failed') call?.reject(new Error('no'))
    else call?.resolve()
    await clock.advance(100)
  }
  await database.query.deleteFrom('carillon_runs').where('id', '=', 1).execute()
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')), [], 'more may be counted than there are')

  const counts = database.query.updateTable('carillon_run_counts')
  await counts.set({ occurrences: 0 }).where('outcome', '=', 'failed').execute()
  await clock.advance(MINUTE)
  const hour = '2026-01-01T00:00:00.000Z'
  t.strictSame(said(events('invariant_violated')), [`counter_mismatch 1 [${hour} failed]`])
  await database.query.deleteFrom('carillon_run_counts').execute()
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')).slice(1), [
    `counter_mismatch 2 [${hour} succeeded,${hour} failed]`
  ])

  // Of a version that does not count.
  await database.query.updateTable('carillon_replicas').set({ version: 'older' }).execute()
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')).slice(2), ['counter_mismatch 0 []'])
})

test('what waits or runs of a job that is not there any more is cancelled and told of', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, {
    ...calm,
    maxConcurrentRuns: 1
  })
  const calls = createGate(scheduler, 'work', { obeys: true })
  const overlap = 'queue_all'
  const job = await scheduler.createJob({ ...yearly, overlap })
  const other = await scheduler.createJob({ ...yearly, overlap })
  const running = await scheduler.run(job.id)
  const behind = await scheduler.run(job.id)
  const waiting = await scheduler.run(other.id)
  await database.query.deleteFrom('carillon_jobs').execute()
  await clock.advance(MINUTE)
  const [first, ...more] = events('invariant_violated')
  t.match(first, { invariant: 'run_of_unknown_job', count: 3, repair: /cancelled/ })
  t.strictSame(first?.examples.toSorted(), [running.id, behind.id, waiting.id])
  t.strictSame(said(more), ['run_of_unknown_job 0 []'])
  t.ok(calls[0]?.attempt.signal.aborted)
  for (const { id } of [running, behind, waiting]) {
    t.match(await scheduler.getRun(id), { state: 'cancelled', reason: 'unknown_job' })
  }
  t.equal(calls.length, 1)
})

/** How each database says that an index is to go. */
function dropIndex({ query, dialect }: Db, name: string, table: string): Promise<unknown> {
  const of = dialect.name === 'mysql' ? sql`on ${sql.table(table)}` : sql``
  return sql`drop index ${sql.ref(name)} ${of}`.execute(query)
}

test('a unique index that was dropped is told of, and the occurrences that it let in twice', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t, calm)
  const name = 'carillon_runs_occurrence'
  const on = sql`on carillon_runs (job_id, scheduled_for, seq)`
  const { id: jobId } = await scheduler.createJob(yearly)
  // At once not so old that it is deleted.
  const first = await inTransaction(database, async (trx) => {
    const [id = 0] = await addRuns(trx, [newRun(jobId, { state: 'skipped' })])
    await changeRun(trx, id, { finished_at: clock.now() })
    return id
  })
  await dropIndex(database, name, 'carillon_runs')
  await clock.advance(MINUTE)
  const missing = `unique_index_missing 1 [${name}]`
  t.strictSame(said(events('invariant_violated')), [missing])
  const { id: _, ...row } = await database.query
    .selectFrom('carillon_runs')
    .selectAll()
    .where('id', '=', first)
    .executeTakeFirstOrThrow()
  await database.query.insertInto('carillon_runs').values(row).execute()
  await clock.advance(3 * MINUTE)
  const second = first + 1
  t.strictSame(said(events('invariant_violated')), [missing, `duplicate_occurrence 1 [${second}]`])
  t.equal(events('invariant_violated')[1]?.repair, null)
  await database.query.deleteFrom('carillon_runs').where('id', '=', second).execute()
  await sql`create unique index ${sql.ref(name)} ${on}`.execute(database.query)
  await clock.advance(MINUTE)
  t.strictSame(said(events('invariant_violated')).slice(2), [
    'unique_index_missing 0 []',
    'duplicate_occurrence 0 []'
  ])
})

/** A self-check beside rounds that are said to have gone on. */
async function createLoneCheck(t: Test) {
  const { database, scheduler } = await createTestScheduler(t, { ...calm, start: false })
  const clock = createManualClock()
  const rounds: RoundsStatus = { lastAt: null, thoroughSince: null }
  const told: Events['invariant_violated'][] = []
  scheduler.events.on('invariant_violated', (event) => told.push(event))
  let wakes = 0
  const { pass } = createSelfCheck({
    db: database,
    clock,
    events: scheduler.events,
    pollMs: 1_000,
    identity: { version: '0.0.0' },
    owner: () => 1,
    rounds: () => rounds,
    wake: () => wakes++,
    onCancelled: () => undefined
  })
  await pass()
  const check = async (): Promise<string[]> => {
    clock.jumpTo(await pass())
    rounds.lastAt = clock.now() - 500
    return said(told.splice(0))
  }
  return { database, clock, rounds, check, wakes: () => wakes }
}

test('a job that round after round leaves overdue is told of, and the loops are woken', async (t) => {
  const { database, clock, rounds, check, wakes } = await createLoneCheck(t)
  const id = await addJob(database, {}, clock.now() - 110_000)
  const paused = await addJob(database, {}, clock.now() - 300_000)
  await changeJob(database, paused, { state: 'paused' })
  rounds.thoroughSince = clock.now() - 1
  t.strictSame(await check(), [], 'not yet two minutes')
  t.strictSame(await check(), [], 'seen once: a round may be about to record it')
  t.strictSame(await check(), [`overdue_job 1 [${id}]`])
  t.equal(wakes(), 1)
  t.strictSame(await check(), [], 'not told again')
  await changeJob(database, id, { next_run_at: clock.now() })
  t.strictSame(await check(), ['overdue_job 0 []'])
})

test('a backlog is no violation, nor what moves on, nor what nobody looks for', async (t) => {
  const { database, clock, rounds, check } = await createLoneCheck(t)
  const id = await addJob(database, {}, clock.now() - 300_000)
  rounds.thoroughSince = clock.now() - 1
  await check()
  rounds.thoroughSince = null
  t.strictSame(await check(), [], 'a round was full')
  t.strictSame(await check(), [])
  rounds.thoroughSince = clock.now() - 100
  t.strictSame(await check(), [], 'rounds go through everything only since the check before')
  await changeJob(database, id, { next_run_at: clock.now() - 200_000 })
  t.strictSame(await check(), [], 'another occurrence')
  rounds.lastAt = 0
  t.strictSame(await check(), [], 'the loop stands still, which is told otherwise')
})

test('a scheduler that is healthy and busy reports nothing', async (t) => {
  const db = await createTestDatabase(t)
  const at = Date.parse('2026-01-01T00:00:00Z')
  const identity = { name: 'dead', host: 'elsewhere', pid: 1, version: '0' }
  const dead = await createTestScheduler(t, {
    ...calm,
    db,
    identity,
    clock: createManualClock(at)
  })
  createGate(dead.scheduler, 'work')
  await dead.clock.advance(0)
  const lost = await dead.scheduler.createJob(yearly)
  await dead.scheduler.run(lost.id)
  const clock = createManualClock(at)
  const { scheduler, events } = await createTestScheduler(t, {
    ...calm,
    db,
    clock,
    maxConcurrentRuns: 5
  })
  const calls = createGate(scheduler, 'work')
  const slow = await scheduler.createJob({ ...yearly, timeout: '1d', overlap: 'queue_all' })
  await scheduler.run(slow.id)
  await scheduler.run(slow.id)
  const kept = await scheduler.createJob({ ...yearly, timeout: '1d' })
  await scheduler.run(kept.id)
  await scheduler.deleteJob(kept.id, { running: 'finish' })
  const nobody = { type: 'handler', name: 'nobody' } as const
  const waiting = await scheduler.createJob({ ...yearly, target: nobody })
  await scheduler.run(waiting.id)
  const paused = await scheduler.createJob({ name: 'p', repeat_interval: '10s' })
  await scheduler.pause(paused.id, { until: '2026-01-01T00:02:10Z' })
  await scheduler.createJob({ name: 'once', start_date: '2026-01-01T00:00:30Z' })
  for (let index = 0; index < 50; index++) {
    await scheduler.createJob({ name: `due ${index}`, repeat_interval: '30s', priority: index % 3 })
  }
  await clock.advance('4m')
  t.equal(events('runs_rescued').length, 1, 'what the dead one left behind')
  t.strictSame(events('invariant_violated'), [])
  t.strictSame(events('pass_failed'), [])
  t.ok(calls.length >= 2)
  t.not(scheduler.status().lastCheckAt, null)
})

test('what was missed in a long downtime is no violation at the next start', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t, { ...calm, start: false })
  for (let index = 0; index < 20; index++) {
    await scheduler.createJob({ name: 'a', repeat_interval: '1m' })
  }
  await clock.advance('6h')
  await scheduler.start()
  await clock.advance('2m')
  t.strictSame(events('invariant_violated'), [])
})

test('a check that the database fails is told, and made again', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { scheduler, clock, events } = await createTestScheduler(t, { ...calm, db: watch.database })
  const job = await scheduler.createJob({ name: 'a', repeat_interval: '1m' })
  const lost = await scheduler.createJob(yearly)
  await changeJob(watch.database, lost.id, { next_run_at: null })
  let isFailing = true
  watch.onStatement = (statement) => {
    const isCheck = plainText(statement).includes('next_run_at is null')
    if (isFailing && isCheck) throw diskError(watch.database)
  }
  await clock.advance(65_000)
  t.ok(events('pass_failed').length > 2)
  t.ok(events('pass_failed').every(({ loop }) => loop === 'self_check'))
  t.strictSame(await statesOf(scheduler, job.id), ['succeeded'])
  t.strictSame(events('invariant_violated'), [])
  t.equal(scheduler.status().lastCheckAt, null)
  isFailing = false
  await clock.advance(MINUTE)
  t.match(said(events('invariant_violated'))[0], 'next_run_missing 1')
  t.not(scheduler.status().lastCheckAt, null)
})
