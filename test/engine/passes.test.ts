import type { Test } from 'tap'
import { enqueuePass, type PassParts } from '../../src/engine/passes.ts'
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
  const now = START + 1_000
  const row = { name: 'r', host: 'h', pid: 1, version: '0', started_at: 0, expires_at: now * 2 }
  await database.query.insertInto('carillon_replicas').values(row).execute()
  const started: string[] = []
  const looked: boolean[] = []
  const parts: PassParts = {
    db: database,
    clock: { ...clock, now: () => now },
    settler: {
      take: () => [],
      putBack: () => undefined,
      wrote: () => undefined,
      add: () => undefined,
      flush: async () => undefined,
      isFailing: () => false,
      runIds: () => [],
      clear: () => undefined
    },
    enqueueTime: (slots) => ({ now, replica: 1, handlers: new Set(), slots }),
    withSlots: (_most, work) => work(freeSlots),
    isStarved: () => true,
    onLooked: (isThorough) => looked.push(isThorough),
    afterEnqueue: ({ claimed }) => {
      started.push(...claimed.map((run) => run.job_name))
    },
    onClaimed: () => undefined,
    onBroken: () => undefined,
    onResults: () => undefined
  }
  return { parts, started, looked, database }
}

test('what waits already has its slots before due jobs of a lower priority', async (t) => {
  const { parts, started, looked, database } = await createCrowd(t, 10)
  const next = await enqueuePass(parts)
  t.strictSame(started, ['due 9', 'due 5'], 'the slots are for those of at least its priority')
  t.equal(next, START + 1_000, 'there is more to record at once')
  await enqueuePass(parts)
  t.strictSame(looked, [false, true], 'it went through all that was due only then')
  t.strictSame(started, ['due 9', 'due 5'])
  const states = await database.query
    .selectFrom('carillon_runs')
    .select(['state', 'priority'])
    .orderBy('id')
    .execute()
  t.strictSame(states, [
    { state: 'pending', priority: 5 },
    { state: 'running', priority: 9 },
    { state: 'running', priority: 5 },
    { state: 'pending', priority: 0 }
  ])
})

test('when nothing has had to wait, all that is due starts', async (t) => {
  const { parts, started } = await createCrowd(t, 10)
  await enqueuePass({ ...parts, isStarved: () => false })
  t.strictSame(started, ['due 9', 'due 5', 'due 0'])
})

test('a full batch asks to go on at once, and without slots everything is recorded to wait', async (t) => {
  const { parts, started, looked } = await createCrowd(t, 1)
  t.equal(await enqueuePass(parts), 'at_once')
  t.strictSame(started, ['due 9'])
  await enqueuePass({ ...parts, withSlots: (_most, work) => work(0) })
  t.strictSame(started, ['due 9'])
  t.strictSame(looked, [false, true])
})
