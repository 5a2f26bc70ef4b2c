import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { identify } from '../../src/engine/replica.ts'
import type { Database } from '../../src/store/db.ts'
import { stopReplica } from '../../src/store/replicas.ts'
import { settleRuns } from '../../src/store/settle-runs.ts'
import { createGate } from '../helpers/gate.ts'
import { createManualClock, type ManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf, statesOf } from '../helpers/runs.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const once: JobInput = {
  name: 'once',
  start_date: '2026-01-01T00:00:10Z',
  target: { type: 'handler', name: 'work' }
}

/** A replica on a clock of its own: while that stands still, the replica does as a dead one does. */
async function createReplica(
  t: Test,
  database: Database,
  { name, at }: { name: string; at: number }
) {
  const clock = createManualClock(at)
  const identity = { name, host: name, pid: 1, version: '0.0.0' }
  const parts = await createTestScheduler(t, { db: database, clock, identity })
  // Its first rounds must be over: from here on it moves only with its clock.
  await clock.advance(0)
  return { ...parts, calls: createGate(parts.scheduler, 'work', { obeys: true }) }
}

/** A job whose run a replica has started and left behind. */
async function createCrash(t: Test, input: Partial<JobInput> = {}) {
  const database = await createTestDatabase(t)
  const dead = await createReplica(t, database, {
    name: 'dead',
    at: Date.parse('2026-01-01T00:00:00Z')
  })
  const { id } = await dead.scheduler.createJob({ ...once, ...input })
  await dead.clock.advance(10_100)
  const heir = await createReplica(t, database, { name: 'heir', at: dead.clock.now() })
  return { database, dead, heir, id }
}

test('a run whose replica died starts again within lease + 5 s, under a higher token', async (t) => {
  const { dead, heir, id } = await createCrash(t)
  t.equal(dead.calls.length, 1)
  // It renewed its lease of 30 s at 0 s and at 10 s.
  await heir.clock.advance(29_000)
  t.equal(heir.calls.length, 0, 'not while the lease holds')
  await heir.clock.advance(6_000)
  t.equal(heir.calls.length, 1)
  t.match(heir.calls[0]?.attempt.run, { attempt: 2, fencingToken: 2 })
  t.match(heir.events('runs_rescued'), [{ count: 1, failed: 0 }])
  heir.calls[0]?.resolve('done')
  await heir.clock.advance(100)
  const [run] = await runsOf(heir.scheduler, id)
  t.hasStrict(run, {
    state: 'succeeded',
    attempt: 2,
    fencing_token: 2,
    replica: 'heir',
    result: 'done'
  })
  t.hasStrict(run?.attempts, [
    { attempt: 1, outcome: 'crashed', replica: 'dead', error: { code: 'crashed' } },
    { attempt: 2, outcome: 'succeeded', replica: 'heir' }
  ])
})

test('the result of a replica that was taken for dead is refused', async (t) => {
  const { dead, heir, id } = await createCrash(t)
  await heir.clock.advance(35_000)
  dead.calls[0]?.resolve('stale')
  await dead.clock.advance(100)
  t.match(dead.events('result_refused'), [{ run: { attempt: 1 } }])
  t.strictSame(dead.events('runs_settled'), [])
  t.strictSame(await statesOf(heir.scheduler, id), ['running'])
  heir.calls[0]?.resolve('fresh')
  await heir.clock.advance(100)
  const [run] = await runsOf(heir.scheduler, id)
  t.hasStrict(run, { state: 'succeeded', result: 'fresh' })
  t.equal((await heir.scheduler.getJob(id)).last_outcome, 'succeeded')
})

test('the result of a replica that was taken for dead is refused even by itself', async (t) => {
  // The same process takes its own run back: only the attempt tells the two apart.
  const { dead, id, database } = await createCrash(t)
  await stopReplica(database, 1, { now: dead.clock.now() })
  await dead.clock.advance(15_000)
  t.equal(dead.calls.length, 2)
  t.equal(dead.calls[0]?.attempt.signal.aborted, true)
  dead.calls[0]?.resolve('stale')
  await dead.clock.advance(100)
  t.strictSame(await statesOf(dead.scheduler, id), ['running'])
})

test('lease lost: what it holds is aborted, and it goes on under a new id', async (t) => {
  const { dead: replica, database, id } = await createCrash(t)
  await stopReplica(database, 1, { now: replica.clock.now() })
  await replica.clock.advance(12_000)
  t.match(replica.events('lease_lost'), [{ replica: 1, runs: 1 }])
  t.match(replica.calls[0]?.attempt.signal.reason, { message: /taken/ })
  const replicas = await database.query
    .selectFrom('carillon_replicas')
    .select(['id', 'name', 'stopped_at'])
    .execute()
  t.match(
    replicas
      .filter((row) => row.stopped_at === null)
      .map((row) => row.name)
      .toSorted(),
    ['dead', 'heir']
  )
  t.equal(replicas.length, 3)
  replica.calls[1]?.resolve('done')
  await replica.clock.advance(100)
  const [run] = await runsOf(replica.scheduler, id)
  t.hasStrict(run, { state: 'succeeded', attempt: 2, replica: 'dead' })
  t.hasStrict(await replica.scheduler.createJob({ name: 'next', repeat_interval: '1s' }), { id: 2 })
  await replica.clock.advance(1_500)
  t.strictSame(await statesOf(replica.scheduler, 2), ['succeeded'], 'and works on')
})

test('lease lost: results that wait to be written are dropped, for the run is started again', async (t) => {
  const { dead: replica, database, id } = await createCrash(t)
  await stopReplica(database, 1, { now: replica.clock.now() })
  const heir = await createReplica(t, database, { name: 'second heir', at: replica.clock.now() })
  await heir.clock.advance(3_000)
  replica.calls[0]?.resolve('stale')
  await replica.clock.advance(12_000)
  heir.calls[0]?.resolve('fresh')
  await heir.clock.advance(100)
  const runs = await runsOf(heir.scheduler, id)
  t.equal(runs.length, 1)
  t.ok(runs[0]?.state === 'running' || runs[0]?.result === 'fresh')
})

test('lease lost: a run that was started as it was lost is not carried out under the old id', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { scheduler, clock } = await createTestScheduler(t, { db: watch.database })
  const calls = createGate(scheduler, 'work', { obeys: true })
  await scheduler.createJob({ ...once, start_date: '2026-01-01T00:00:10.000Z' })
  await clock.advance(9_500)
  await stopReplica(watch.database, 1, { now: clock.now() })
  await clock.advance(5_000)
  const going = calls.filter((call) => !call.attempt.signal.aborted)
  t.equal(going.length, 1, 'one attempt at a time')
  for (const call of calls) call.resolve('done')
  await clock.advance(5_000)
  const [run] = await runsOf(scheduler, 1)
  t.hasStrict(run, { state: 'succeeded', result: 'done' })
  t.equal(run?.attempt, going[0]?.attempt.run.attempt)
})

test('a run that takes its replicas down three times in a row has failed', async (t) => {
  const database = await createTestDatabase(t)
  let at = Date.parse('2026-01-01T00:00:00Z')
  for (let crash = 1; crash <= 3; crash++) {
    const replica = await createReplica(t, database, { name: `dead ${crash}`, at })
    if (crash === 1) await replica.scheduler.createJob(once)
    await replica.clock.advance(10_100)
    t.equal(replica.calls[0]?.attempt.run.attempt, crash)
    at = replica.clock.now() + 40_000
  }
  const heir = await createReplica(t, database, { name: 'heir', at })
  await heir.clock.advance(5_000)
  t.equal(heir.calls.length, 0)
  const [run] = await runsOf(heir.scheduler, 1)
  t.hasStrict(run, {
    state: 'failed',
    reason: 'crashed_repeatedly',
    attempt: 3,
    error: { code: 'crashed_repeatedly' }
  })
  t.strictSame(
    run?.attempts.map(({ outcome }) => outcome),
    ['crashed', 'crashed', 'crashed']
  )
  t.hasStrict(await heir.scheduler.getJob(1), { last_outcome: 'failed', consecutive_failures: 1 })
  t.match(heir.events('runs_rescued'), [{ count: 1, failed: 1 }])
  t.match(heir.events('runs_settled'), [
    {
      runs: [
        {
          run: { id: 1, job_id: 1, job_name: once.name, target: 'handler', attempt: 3 },
          state: 'failed',
          error: { code: 'crashed_repeatedly' }
        }
      ]
    }
  ])
})

test('two runs of one job that fail by crashing together are both told to the job', async (t) => {
  const database = await createTestDatabase(t)
  let at = Date.parse('2026-01-01T00:00:00Z')
  for (let crash = 1; crash <= 3; crash++) {
    const replica = await createReplica(t, database, { name: `dead ${crash}`, at })
    if (crash === 1) {
      const { id } = await replica.scheduler.createJob({ ...once, overlap: 'allow' })
      await replica.scheduler.run(id)
    }
    await replica.clock.advance(10_100)
    t.equal(replica.calls.length, 2)
    at = replica.clock.now() + 40_000
  }
  const heir = await createReplica(t, database, { name: 'heir', at })
  await heir.clock.advance(5_000)
  t.hasStrict(await heir.scheduler.getJob(1), { last_outcome: 'failed', consecutive_failures: 2 })
})

test('crashes count only in a row', async (t) => {
  const database = await createTestDatabase(t)
  let at = Date.parse('2026-01-01T00:00:00Z')
  t.intercept(Math, 'random', { value: () => 0 })
  for (let crash = 1; crash <= 3; crash++) {
    const replica = await createReplica(t, database, { name: `dead ${crash}`, at })
    const retry = { max_attempts: 5 }
    if (crash === 1) await replica.scheduler.createJob({ ...once, retry })
    await replica.clock.advance(10_100)
    if (crash === 2) {
      replica.calls[0]?.reject(new Error('no'))
      await replica.clock.advance(1_000)
    }
    at = replica.clock.now() + 40_000
  }
  const heir = await createReplica(t, database, { name: 'heir', at })
  await heir.clock.advance(5_000)
  t.equal(heir.calls.length, 1, 'crashed, failed, crashed, crashed: it is tried again')
})

test('a run whose cancelling was asked for before its replica died is cancelled', async (t) => {
  const { heir, id } = await createCrash(t)
  const [run] = await runsOf(heir.scheduler, id)
  t.equal((await heir.scheduler.cancelRun(run?.id ?? 0)).state, 'running')
  await heir.clock.advance(35_000)
  t.strictSame(await statesOf(heir.scheduler, id), ['cancelled crashed'])
  t.equal(heir.calls.length, 0)
  t.equal((await heir.scheduler.getJob(id)).last_outcome, 'cancelled')
})

test('what waited behind a run that is rescued waits on, and goes ahead when that has ended', async (t) => {
  const { heir, id } = await createCrash(t, {
    start_date: null,
    repeat_interval: '10s',
    overlap: 'queue_one'
  })
  await heir.clock.advance(35_000)
  t.equal((await statesOf(heir.scheduler, id))[0], 'running')
  t.equal(heir.calls.length, 1)
  heir.calls[0]?.resolve()
  await heir.clock.advance(100)
  t.equal(heir.calls.length, 2)
  t.ok(
    (heir.calls[1]?.attempt.run.scheduledFor ?? 0) > (heir.calls[0]?.attempt.run.scheduledFor ?? 0)
  )
})

test('a replica that ended on this very host is noticed at once', async (t) => {
  const database = await createTestDatabase(t)
  const me = identify('0.0.0')
  const clock: ManualClock = createManualClock()
  // Linux gives out no process id above 2^22.
  const gone = { ...me, name: 'gone', pid: 2 ** 22 + 1 }
  const dead = await createTestScheduler(t, {
    db: database,
    clock: createManualClock(),
    identity: gone
  })
  createGate(dead.scheduler, 'work')
  await dead.scheduler.createJob(once)
  await dead.clock.advance(10_100)
  clock.jumpTo(dead.clock.now())
  const heir = await createTestScheduler(t, { db: database, clock, identity: me })
  const calls = createGate(heir.scheduler, 'work')
  await clock.advance(100)
  t.equal(calls.length, 1, 'at the start, before any lease is over')
})

test('a scheduler that starts again after a crash finds its runs at once when the lease is over', async (t) => {
  const { database, dead, id } = await createCrash(t)
  const heir = await createReplica(t, database, { name: 'later', at: dead.clock.now() + 3_600_000 })
  await heir.clock.advance(100)
  t.strictSame(await statesOf(heir.scheduler, id), ['running'])
  t.equal(heir.calls.length, 1)
})

test('a heartbeat keeps the lease, however long the runs take', async (t) => {
  const database = await createTestDatabase(t)
  const clock = createManualClock()
  const [one, other] = [
    await createTestScheduler(t, { db: database, clock }),
    await createTestScheduler(t, { db: database, clock })
  ]
  const calls = [one, other].map(({ scheduler }) => createGate(scheduler, 'work'))
  await one.scheduler.createJob({ ...once, timeout: '1d' })
  await clock.advance(600_000)
  t.equal(calls.flat().length, 1)
  t.strictSame([...one.events('lease_lost'), ...other.events('lease_lost')], [])
})

test('two replicas: every occurrence is started once, by one of them', async (t) => {
  const database = await createTestDatabase(t)
  const clock = createManualClock()
  const started: number[] = []
  const replicas = await Promise.all(
    ['a', 'b'].map(async (name) => {
      const identity = { name, host: name, pid: 1, version: '0.0.0' }
      const parts = await createTestScheduler(t, { db: database, clock, identity })
      parts.scheduler.handle('work', ({ run }) => started.push(run.id))
      return parts
    })
  )
  for (let index = 0; index < 20; index++) {
    await replicas[0]?.scheduler.createJob({ ...once, start_date: null, repeat_interval: '1s' })
  }
  await clock.advance(10_900)
  t.equal(started.length, 200)
  t.equal(new Set(started).size, 200)
  t.strictSame(
    replicas.flatMap(({ events }) => events('result_refused')),
    []
  )
})

test('a result counts only from the replica that holds the run, under the claim it began with', async (t) => {
  const { database, dead, id } = await createCrash(t)
  const [run] = await runsOf(dead.scheduler, id)
  const result = {
    id: run?.id ?? 0,
    attempt: 1,
    state: 'succeeded',
    reason: null,
    availableAt: null,
    finishedAt: dead.clock.now(),
    result: null,
    error: null,
    attempts: null
  } as const
  const accepts = async (owner: number, attempt: number): Promise<boolean> =>
    (await settleRuns(database, owner, [{ ...result, attempt }])).size > 0
  t.equal(await accepts(2, 1), false, 'of another replica')
  t.equal(await accepts(1, 0), false, 'of an earlier claim')
  t.equal(await accepts(1, 2), false, 'of a later claim')
  t.equal(await accepts(1, 1), true)
  t.equal(await accepts(1, 1), false, 'and once')
})
