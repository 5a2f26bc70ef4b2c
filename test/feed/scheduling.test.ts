import { test } from 'tap'
import { createTestFeed } from '../helpers/feed.ts'
import { test as onEveryDatabase } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler } from '../helpers/scheduler.ts'

const ANN = { actor: 'ann', address: null }

test('who listens is told whether scheduling goes on, first and at once', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  await scheduler.pauseScheduling({ reason: 'before' })
  const listener = await listen({ topics: ['scheduling'] })
  t.strictSame(listener.told(), ['hello new', 'scheduling paused'])
  await scheduler.resumeScheduling()
  await clock.advance(150)
  await scheduler.pauseScheduling({ reason: 'after' }, ANN)
  await clock.advance(150)
  const last = listener.messages.at(-1)?.event
  t.strictSame(listener.told().slice(2), ['scheduling running', 'scheduling paused'])
  t.match(last?.data, { state: 'paused', reason: 'after', paused_by: 'ann', idle_since: null })
  await clock.advance(5_000)
  t.equal(listener.messages.length, 4, 'and only when it has changed')
})

test('both are among the changes, and of no job', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const listener = await listen({ topics: ['changes', 'jobs'] })
  await scheduler.pauseScheduling()
  await clock.advance(1_500)
  t.strictSame(listener.told(), ['hello new', 'change of null: scheduling_paused'])
})

onEveryDatabase('what another replica was asked for is told within a second or two', async (t) => {
  const [db, other] = await createTestDatabases(t, 2)
  const { listen, clock } = await createTestFeed(t, { db })
  const { scheduler } = await createTestScheduler(t, { db: other ?? db, clock })
  const listener = await listen({ topics: ['scheduling'] })
  await scheduler.pauseScheduling()
  await clock.advance(2_000)
  t.equal(listener.told().at(-1), 'scheduling paused')
})

test('that nobody looks for what is due is told after half a minute, and its end', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t, { start: false })
  const listener = await listen({ topics: ['scheduling'] })
  await clock.advance(29_000)
  t.strictSame(listener.told(), ['hello new', 'scheduling running'])
  await clock.advance(3_000)
  t.strictSame(listener.told().slice(2), ['scheduling running idle'])
  await scheduler.start()
  await clock.advance(2_000)
  t.strictSame(listener.told().slice(3), ['scheduling running'])
})
