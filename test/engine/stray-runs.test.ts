import { createStrays } from '../../src/engine/stray-runs.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

test('a run that this replica holds without knowing of it is started after all, with a higher token', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const job = await scheduler.createJob({
    name: 'a',
    schedule: '@yearly',
    target: { type: 'handler', name: 'work' }
  })
  await scheduler.run(job.id)
  calls[0]?.resolve()
  await clock.advance(1_000)
  // As after a claim whose commit nobody answered: the ledger says that it runs here.
  await inTransaction(database, async (trx) => {
    await trx.query
      .updateTable('carillon_runs')
      .set({ state: 'running', owner: 1, active_key: job.id, finished_at: null })
      .execute()
  })
  await clock.advance(1_500)
  t.equal(calls.length, 1, 'seen once it could be on its way')
  await clock.advance(3_000)
  t.equal(calls.length, 2)
  t.match(events('runs_rescued'), [{ count: 1, failed: 0 }])
  t.equal(calls[1]?.attempt.run.fencingToken, 2)
  calls[1]?.resolve('again')
  await clock.advance(100)
  t.match(await runsOf(scheduler, job.id), [{ state: 'succeeded', attempt: 2, result: 'again' }])
})

test('what runs here, or has ended and is not written yet, is no stray', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const target = { type: 'handler', name: 'work' } as const
  const job = await scheduler.createJob({ name: 'a', schedule: '@yearly', target })
  await scheduler.run(job.id)
  await clock.advance(60_000)
  t.equal(calls.length, 1)
  t.strictSame(events('runs_rescued'), [])
})

test('a claim that is answered only after its run was taken back starts nothing', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const target = { type: 'handler', name: 'work' } as const
  const job = await scheduler.createJob({ name: 'a', schedule: '@yearly', target })
  const { id } = await scheduler.run(job.id)
  t.equal(calls.length, 1)
  let owner = 1
  const strays = createStrays({
    db: database,
    clock,
    owner: () => owner,
    knownRuns: () => new Set(),
    onCancelled: () => undefined
  })
  const claimed = { id, attempt: 1, owner: 1 }
  t.equal(await strays.takeBack(), 0)
  t.notOk(strays.isGivenUp(claimed), 'its answer may be on its way')
  const round = strays.takeBack()
  t.equal(await round, 1)
  t.ok(strays.isGivenUp(claimed))
  t.notOk(strays.isGivenUp({ ...claimed, attempt: 2 }), 'its next claim is another matter')
  owner = 2
  t.ok(strays.isGivenUp({ ...claimed, attempt: 2 }), 'it went with the lease')
})

test('a stray that was to be cancelled is cancelled and told, and what waited behind it goes ahead', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  createGate(scheduler, 'work')
  const target = { type: 'handler', name: 'work' } as const
  const overlap = 'queue_all'
  const job = await scheduler.createJob({ name: 'a', schedule: '@yearly', target, overlap })
  const { id } = await scheduler.run(job.id)
  const { id: behind } = await scheduler.run(job.id)
  const told: unknown[] = []
  const strays = createStrays({
    db: database,
    clock,
    owner: () => 1,
    knownRuns: () => new Set(),
    onCancelled: (runs) => told.push(...runs)
  })
  await strays.takeBack()
  await database.query
    .updateTable('carillon_runs')
    .set({ cancel_requested_at: clock.now() })
    .where('id', '=', id)
    .execute()
  t.equal(await strays.takeBack(), 1)
  t.match(told, [{ id, job_id: job.id, state: 'cancelled', cause: 'manual', target: 'handler' }])
  t.equal((await scheduler.getRun(id)).state, 'cancelled')
  t.not((await scheduler.getRun(behind)).available_at, null, 'it may start')
})
