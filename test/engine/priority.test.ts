import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const target = { type: 'handler', name: 'work' } as const
const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString()

test('when slots are short, what is due starts by priority, and then by how long it is due', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { maxConcurrentRuns: 1 })
  const calls = createGate(scheduler, 'work')
  const jobs: [name: string, priority: number, seconds: number][] = [
    ['blocker', 0, 1],
    ['low', -100, 2],
    ['plain, later', 0, 4],
    ['plain', 0, 3],
    ['high', 100, 5],
    ['higher than plain', 1, 5]
  ]
  for (const [name, priority, seconds] of jobs) {
    await scheduler.createJob({ name, priority, start_date: at(seconds), target })
  }
  await clock.advance(10_000)
  for (let index = 0; index < jobs.length; index++) {
    calls[index]?.resolve()
    await clock.advance(1_000)
  }
  t.strictSame(
    calls.map((call) => call.attempt.job.definition.name),
    ['blocker', 'high', 'higher than plain', 'plain', 'plain, later', 'low']
  )
})

test('what waits already comes before what is due with a lower priority, and after a higher one', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { maxConcurrentRuns: 1 })
  const calls = createGate(scheduler, 'work')
  await scheduler.createJob({ name: 'blocker', start_date: at(1), target })
  const byHand = await scheduler.createJob({
    name: 'waiting',
    priority: 5,
    schedule: '@yearly',
    target
  })
  await clock.advance(2_000)
  await scheduler.run(byHand.id)
  for (const [name, priority] of [
    ['plain', 0],
    ['top', 9],
    ['lowest', -1]
  ] as const) {
    await scheduler.createJob({ name, priority, start_date: at(5), target })
  }
  await clock.advance(10_000)
  for (let index = 0; index <= 4; index++) {
    calls[index]?.resolve()
    await clock.advance(1_000)
  }
  t.strictSame(
    calls.map((call) => call.attempt.job.definition.name),
    ['blocker', 'top', 'waiting', 'plain', 'lowest']
  )
})

test('with slots for all, priority changes nothing', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  for (const priority of [-100, 0, 100]) {
    await scheduler.createJob({ name: String(priority), priority, start_date: at(1), target })
  }
  await clock.advance(1_000)
  t.equal(calls.length, 3)
})

test('there are never more runs at once than slots, whichever way they come', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { maxConcurrentRuns: 3 })
  let running = 0
  let most = 0
  let done = 0
  scheduler.handle('work', async () => {
    running++
    most = Math.max(most, running)
    await new Promise<void>((resolve) => {
      clock.setTimer(resolve, 7)
    })
    running--
    done++
  })
  const name = 'a'
  const byHand = await scheduler.createJob({ name, schedule: '@yearly', target, overlap: 'allow' })
  for (let index = 0; index < 40; index++) {
    await scheduler.createJob({
      name,
      start_date: at(1 + (index % 2)),
      target,
      priority: index % 3
    })
  }
  await Promise.all(Array.from({ length: 20 }, () => scheduler.run(byHand.id)))
  await clock.advance(2_100)
  await Promise.all(Array.from({ length: 20 }, () => scheduler.run(byHand.id)))
  await clock.advance(3_000)
  t.equal(done, 80)
  t.equal(most, 3)
})
