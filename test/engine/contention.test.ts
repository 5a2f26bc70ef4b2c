import type { Test } from 'tap'
import type { StoredInput } from '../../src/domain/secrets/stored-input.ts'
import type { OverlapPolicy } from '../../src/domain/overlap.ts'
import { decodeClaimed } from '../../src/engine/broken-runs.ts'
import { enqueueJobs, usableSlots } from '../../src/engine/enqueue.ts'
import { rescueRuns } from '../../src/engine/rescue.ts'
import { endRun } from '../../src/engine/settlement.ts'
import { writeResults } from '../../src/engine/settler.ts'
import type { ClaimedRun } from '../../src/engine/claimed-run.ts'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import { claimRuns } from '../../src/store/claim-runs.ts'
import type { Db } from '../../src/store/db.ts'
import { listDueJobs } from '../../src/store/due-jobs.ts'
import { listAvailableLevels, listDueLevels } from '../../src/store/levels.ts'
import { stopReplica } from '../../src/store/replicas.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { Random } from '../helpers/random.ts'
import { addJob, addReplica, addRuns, newRun, runColumns } from '../helpers/rows.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
const HOUR = 3_600_000

test('four replicas that claim from one crowd get each run once, and all of them', async (t) => {
  const databases = await createTestDatabases(t, 4)
  const [db] = databases
  const job = await addJob(db)
  await addRuns(
    db,
    Array.from({ length: 2_000 }, (_, index) => newRun(job, { scheduledFor: index }))
  )
  const claimed = await Promise.all(
    databases.map(async (own) => {
      const replica = await addReplica(own)
      const ids: number[] = []
      for (;;) {
        const levels = await listAvailableLevels(own, [])
        if (levels.length === 0) return ids
        const claim = { replica, now: 9_000, limit: 20, handlers: [], levels }
        const rows = await inTransaction(own, (trx) => claimRuns(trx, claim))
        ids.push(...rows.map((row) => row.id))
      }
    })
  )
  const all = claimed.flat()
  t.equal(all.length, 2_000)
  t.equal(new Set(all).size, 2_000)
  t.ok((await runColumns(db, 'attempt')).every((run) => run['attempt'] === 1))
})

/** Several started schedulers on one database and one clock, as replicas are. */
async function createReplicas(t: Test, count: number, options: Partial<SchedulerOptions> = {}) {
  const databases = await createTestDatabases(t, count)
  const clock = createManualClock(START)
  const replicas = await Promise.all(
    databases.map((db, index) => {
      const identity = { name: `replica ${index}`, host: `host ${index}`, pid: 1, version: '0' }
      return createTestScheduler(t, { ...options, db, clock, identity })
    })
  )
  const [first = await createTestScheduler(t)] = replicas
  const failures = () => replicas.flatMap(({ events }) => events('pass_failed'))
  return { replicas, first, clock, db: databases[0], failures }
}

test('replicas that start at once on a new database all start', async (t) => {
  const { clock, failures, db } = await createReplicas(t, 4)
  await clock.advance(10_000)
  t.strictSame(failures(), [])
  t.equal((await db.query.selectFrom('carillon_replicas').selectAll().execute()).length, 4)
})

test('four replicas at one instant record each of 2,000 occurrences once, and start each once', async (t) => {
  const { replicas, clock, db, failures } = await createReplicas(t, 4, { maxConcurrentRuns: 300 })
  const definition = { name: 'a', start_date: '2026-01-01T00:00:10Z' }
  const row = {
    version: 1,
    name: 'a',
    target: 'log' as const,
    state: 'enabled' as const,
    definition: JSON.stringify(definition),
    next_run_at: START + 10_000,
    created_at: START,
    updated_at: START
  }
  for (let batch = 0; batch < 4; batch++) {
    const rows = Array.from({ length: 500 }, () => row)
    await db.query.insertInto('carillon_jobs').values(rows).execute()
  }
  const started = new Map<number, number>()
  for (const { scheduler } of replicas) {
    scheduler.events.on('runs_started', ({ runs }) => {
      for (const run of runs) started.set(run.id, (started.get(run.id) ?? 0) + 1)
    })
  }
  await clock.advance(14_000)
  const runs = await runColumns(db, 'id', 'job_id', 'state', 'attempt')
  t.equal(runs.length, 2_000)
  t.equal(new Set(runs.map((run) => run['job_id'])).size, 2_000)
  t.ok(runs.every((run) => run['state'] === 'succeeded' && run['attempt'] === 1))
  t.equal(started.size, 2_000)
  t.ok([...started.values()].every((times) => times === 1))
  t.strictSame(failures(), [])
})

/** A few milliseconds, about as long as a statement takes. */
async function hesitate(random: Random): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random.integer(0, 5)))
}

const handlers = new Set<string>()

/** Records what is due, once it is nobody else's to decide about. */
async function enqueueDue(db: Db, replica: number, now: number): Promise<ClaimedRun[]> {
  const claimed: ClaimedRun[] = []
  for (;;) {
    const levels = await listDueLevels(db)
    if (!levels.some((level) => level.at <= now)) return claimed
    const done = await inTransaction(db, async (trx) => {
      const time = { now, replica, handlers, slots: 100 }
      const slots = await usableSlots(trx, time)
      const due = await listDueJobs(trx, { now, limit: 50, levels })
      return enqueueJobs(trx, due, { ...time, slots })
    })
    claimed.push(...done.claimed)
  }
}

async function settleAll(
  db: Db,
  runs: readonly ClaimedRun[],
  { replica, now }: { replica: number; now: number }
): Promise<void> {
  const outcome = { kind: 'succeeded', result: null } as const
  const ended = runs.map((run) => endRun(run, outcome, { now, replica: 'r', random: 0 }))
  await inTransaction(db, (trx) => writeResults(trx, replica, ended))
}

/** The database, noting when a transaction had to give way to another one. */
function noteConflicts(db: Db, conflicts: unknown[]): Db {
  const isBusy = (error: unknown): boolean => {
    const found = db.dialect.isBusy(error)
    if (found) conflicts.push(error)
    return found
  }
  return { ...db, dialect: { ...db.dialect, isBusy } }
}

/** Jobs with a run that waits although none is active: nothing would ever let it go ahead. */
async function listStuck(db: Db): Promise<unknown[]> {
  const runs = await runColumns(db, 'id', 'job_id', 'queue_key', 'active_key')
  const active = new Set(runs.map((run) => run['active_key']))
  return runs.filter((run) => run['queue_key'] !== null && !active.has(run['queue_key']))
}

const QUEUEING: readonly OverlapPolicy[] = ['queue_one', 'queue_all', 'replace']

for (const overlap of QUEUEING) {
  test(`${overlap}: a run that ends while the next one is recorded leaves none waiting for ever`, async (t) => {
    const [one, two = one] = await createTestDatabases(t, 2)
    const conflicts: unknown[] = []
    const [db, other] = [noteConflicts(one, conflicts), noteConflicts(two, conflicts)]
    const replica = await addReplica(db)
    const random = new Random(7)
    const input: StoredInput = { name: 'a', repeat_interval: '1s', overlap, misfire: 'all' }
    for (let index = 0; index < 3; index++) await addJob(db, input, START)
    let now = START
    let held = await enqueueDue(db, replica, now)
    let atOnce = 0
    for (let round = 0; round < 100; round++) {
      now += 1_000
      const ending = held
      const [, started] = await Promise.all([
        hesitate(random).then(() => settleAll(db, ending, { replica, now })),
        hesitate(random).then(() => enqueueDue(other, replica, now))
      ])
      atOnce += started.length
      t.strictSame(await listStuck(db), [], `round ${round}`)
      const levels = await listAvailableLevels(db, [])
      const rows = await inTransaction(db, (trx) =>
        claimRuns(trx, { replica, now, limit: 100, handlers: [], levels })
      )
      held = [...started, ...decodeClaimed(rows, { now, owner: replica }).runs]
    }
    t.strictSame(conflicts, [], 'locks are taken in one order')
    t.ok(atOnce > 0 && atOnce < 300, `${atOnce} of 300 started at once: both orders were seen`)
  })
}

test('a dead replica that several find at once is rescued once', async (t) => {
  const databases = await createTestDatabases(t, 4)
  const [db] = databases
  const job = await addJob(db)
  const dead = await addReplica(db, 'dead')
  const runs = Array.from({ length: 700 }, (_, index) =>
    newRun(job, { scheduledFor: index, state: 'running' })
  )
  await addRuns(db, runs, dead)
  await stopReplica(db, dead, { now: 1 })
  const rescued = await Promise.all(databases.map((own) => rescueRuns(own, dead, 9_000)))
  t.equal(rescued.flat().length, 700)
  const states = await runColumns(db, 'state', 'attempts')
  t.ok(states.every((run) => run['state'] === 'pending'))
  t.ok(
    states.every((run) => JSON.parse(String(run['attempts'])).length === 1),
    'one crash each'
  )
})

const CHANGES: readonly [name: string, change: (api: Api, id: number) => Promise<unknown>][] = [
  ['an edit', ({ scheduler }, id) => scheduler.updateJob(id, { schedule: '30 * * * *' })],
  ['a pause', ({ scheduler }, id) => scheduler.pause(id)],
  ['a deletion', ({ scheduler }, id) => scheduler.deleteJob(id)],
  ['a run by hand', ({ scheduler }, id) => scheduler.run(id)]
]
type Api = Awaited<ReturnType<typeof createTestScheduler>>

for (const [name, change] of CHANGES) {
  test(`${name} on another replica at the due instant neither loses nor doubles it`, async (t) => {
    const { replicas, first, clock, db, failures } = await createReplicas(t, 2, overDays)
    const [, other = first] = replicas
    const random = new Random(11)
    const ids: number[] = []
    for (let index = 0; index < 40; index++) {
      const input = { name: 'hourly', schedule: '0 * * * *', overlap: 'allow' } as const
      ids.push((await first.scheduler.createJob(input)).id)
    }
    await clock.advance(HOUR - 1)
    clock.jumpTo(START + HOUR)
    // Wakes the loops of the one, so that both are at it together.
    first.scheduler.handle('something', async () => undefined)
    await Promise.all(
      ids.map(async (id) => {
        await hesitate(random)
        await change(other, id)
      })
    )
    await clock.advance(1_000)
    const planned = await db.query
      .selectFrom('carillon_runs')
      .select(['job_id', 'scheduled_for'])
      .where('seq', '=', 0)
      .execute()
    t.strictSame(new Set(planned.map((run) => run.scheduled_for)), new Set([START + HOUR]))
    t.equal(planned.length, 40)
    t.equal(new Set(planned.map((run) => run.job_id)).size, planned.length)
    t.strictSame(failures(), [])
    const unfinished = await db.query
      .selectFrom('carillon_runs')
      .select('id')
      .where('state', 'in', ['pending', 'running'])
      .execute()
    t.strictSame(unfinished, [])
  })
}
