import type { Test } from 'tap'
import { enqueuePass, type PassParts } from '../../src/engine/passes.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const START = Date.parse('2026-01-01T00:00:00Z')

/** Jobs due with priorities of 9, 5 and 0, and a run that waits already with one of 5. */
async function createCrowd(t: Test, freeSlots: number) {
  const { scheduler, database, clock } = await createTestScheduler(t, { start: false })
  for (const priority of [0, 5, 9]) {
    const start_date = new Date(START + 1_000).toISOString()
    await scheduler.createJob({ name: `due ${priority}`, priority, start_date })
  }
  const waiting = await scheduler.createJob({ name: 'waiting', priority: 5, schedule: '@yearly' })
  await scheduler.run(waiting.id)
  let now = START + 1_000
  const row = { name: 'r', host: 'h', pid: 1, version: '0', started_at: 0, expires_at: now * 2 }
  await database.query.insertInto('carillon_replicas').values(row).execute()
  const started: string[] = []
  const looked: boolean[] = []
  let held = 0
  const onTheWay = new Set<number>()
  let waitedFor = 0
  const parts: PassParts = {
    db: database,
    clock: { ...clock, now: () => now },
    settler: {
      alongside: async (work, afterCommit) => {
        const result = await inTransaction(database, (trx) => work(trx, () => onTheWay))
        afterCommit(result)
        return result
      },
      written: async () => {
        waitedFor++
      },
      add: () => undefined,
      flush: async () => undefined,
      isFailing: () => false,
      runIds: () => [],
      clear: () => undefined
    },
    enqueueTime: (slots) => ({ now, replica: 1, handlers: new Set(), slots }),
    withSlots: (most, work) => work(Math.min(most, freeSlots)),
    onHeld: () => {
      held++
    },
    isStarved: () => true,
    onLooked: (isThorough) => looked.push(isThorough),
    afterEnqueue: ({ claimed }) => {
      started.push(...claimed.map((run) => run.job_name))
    },
    onClaimed: () => undefined,
    onBroken: () => undefined
  }
  const pass = (ms: number): void => {
    now += ms
  }
  const listStates = () =>
    database.query.selectFrom('carillon_runs').select(['state', 'priority']).orderBy('id').execute()
  return {
    parts,
    started,
    looked,
    pass,
    listStates,
    onTheWay,
    held: () => held,
    waitedFor: () => waitedFor
  }
}

test('what waits already has its slots before due jobs of the same priority or a lower one', async (t) => {
  const { parts, started, looked, listStates, held } = await createCrowd(t, 10)
  t.equal(await enqueuePass(parts), START + 1_000, 'there is more that is due')
  t.strictSame(started, ['due 9'])
  t.equal(held(), 0)
  t.equal(await enqueuePass(parts), START + 1_500, 'what is left is held back')
  t.strictSame(looked, [false, false], 'it went through all that was due neither time')
  t.strictSame(started, ['due 9'])
  t.equal(held(), 1)
  t.strictSame(await listStates(), [
    { state: 'pending', priority: 5 },
    { state: 'running', priority: 9 }
  ])
})

test('what was held back for half a second is recorded to wait', async (t) => {
  const { parts, started, looked, pass, listStates } = await createCrowd(t, 0)
  t.equal(await enqueuePass(parts), START + 1_500)
  pass(499)
  t.equal(await enqueuePass(parts), START + 1_500)
  t.strictSame(await listStates(), [{ state: 'pending', priority: 5 }])
  pass(1)
  await enqueuePass(parts)
  t.strictSame(started, [])
  t.strictSame(looked, [false, false, true])
  t.strictSame(await listStates(), [
    { state: 'pending', priority: 5 },
    { state: 'pending', priority: 9 },
    { state: 'pending', priority: 5 },
    { state: 'pending', priority: 0 }
  ])
})

test('when nothing has had to wait, all that is due starts', async (t) => {
  const { parts, started } = await createCrowd(t, 10)
  await enqueuePass({ ...parts, isStarved: () => false })
  t.strictSame(started, ['due 9', 'due 5', 'due 0'])
})

test('a full batch asks to go on at once', async (t) => {
  const { parts, started, looked } = await createCrowd(t, 1)
  t.equal(await enqueuePass(parts), 'at_once')
  t.strictSame(started, ['due 9'])
  t.strictSame(looked, [false])
})

test('a job whose result is on its way is left for a round that knows of it, half a second at most', async (t) => {
  const { parts, started, looked, onTheWay, waitedFor, pass } = await createCrowd(t, 10)
  const one = { ...parts, isStarved: () => false }
  const [due] = await parts.db.query
    .selectFrom('carillon_jobs')
    .select('id')
    .orderBy('id')
    .execute()
  onTheWay.add(due?.id ?? 0)
  t.equal(await enqueuePass(one), START + 1_000)
  t.strictSame(started, ['due 9', 'due 5'])
  t.equal(waitedFor(), 1)
  await enqueuePass(one)
  pass(499)
  await enqueuePass(one)
  t.strictSame(started, ['due 9', 'due 5'])
  t.strictSame(looked, [false, false, false])
  pass(1)
  await enqueuePass(one)
  t.strictSame(started, ['due 9', 'due 5', 'due 0'])
})
