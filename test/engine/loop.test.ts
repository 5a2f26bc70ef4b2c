import { mock } from 'node:test'
import { test } from 'tap'
import { systemClock } from '../../src/engine/clock.ts'
import { createEventHub } from '../../src/engine/events.ts'
import { createLoop, type NextPass } from '../../src/engine/loop.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

/** A loop whose rounds are noted, and do what the test says. */
function createTestLoop(pass: (round: number) => Promise<NextPass> | NextPass = () => null) {
  const clock = createManualClock(0)
  const events = createEventHub()
  const rounds: number[] = []
  const failures: unknown[] = []
  events.on('pass_failed', ({ error }) => failures.push(error))
  const loop = createLoop({
    name: 'test',
    clock,
    events,
    maxSleepMs: 1_000,
    pass: async () => {
      rounds.push(clock.now())
      return pass(rounds.length)
    }
  })
  return { loop, clock, rounds, failures, events }
}

test('a round begins at the instant that the last one asked for', async (t) => {
  const { loop, clock, rounds } = createTestLoop((round) => round * 300)
  loop.start()
  await clock.advance(1_000)
  t.strictSame(rounds, [0, 300, 600, 900])
  await loop.stop()
})

test('no sleep is longer than a second', async (t) => {
  for (const next of [null, 1e12, Infinity]) {
    const { loop, clock, rounds } = createTestLoop(() => next)
    loop.start()
    await clock.advance(3_500)
    t.strictSame(rounds, [0, 1_000, 2_000, 3_000])
    await loop.stop()
  }
})

test('an instant in the past, and "at once", mean now', async (t) => {
  for (const next of ['at_once', -5] as const) {
    const { loop, clock, rounds } = createTestLoop((round) => (round < 3 ? next : null))
    loop.start()
    await clock.advance(10)
    t.strictSame(rounds, [0, 0, 0])
    await loop.stop()
  }
})

test('a wake ends the sleep', async (t) => {
  const { loop, clock, rounds } = createTestLoop()
  loop.start()
  await clock.advance(400)
  loop.wake()
  await clock.advance(0)
  t.strictSame(rounds, [0, 400])
  loop.wake()
  loop.wake()
  await clock.advance(900)
  t.strictSame(rounds, [0, 400, 400], 'two at once are one')
  await loop.stop()
})

test('a wake during a round is not lost', async (t) => {
  const parts = createTestLoop((round) => {
    if (round === 1) parts.loop.wake()
    return null
  })
  parts.loop.start()
  await parts.clock.advance(0)
  t.strictSame(parts.rounds, [0, 0])
  await parts.clock.advance(900)
  t.strictSame(parts.rounds, [0, 0], 'and is served once')
  await parts.loop.stop()
})

test('a wake before the start does no harm', async (t) => {
  const { loop, clock, rounds } = createTestLoop()
  loop.wake()
  t.strictSame(rounds, [])
  loop.start()
  await clock.advance(100)
  t.strictSame(rounds, [0])
  await loop.stop()
})

test('a round that fails is told of and tried again, later each time, up to five seconds', async (t) => {
  const { loop, clock, rounds, failures } = createTestLoop((round) => {
    if (round <= 8) throw new Error(`round ${round}`)
    return null
  })
  loop.start()
  await clock.advance(30_000)
  const pauses = rounds.slice(1, 9).map((at, index) => at - (rounds[index] ?? 0))
  t.strictSame(pauses, [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000])
  t.equal(failures.length, 8)
  t.match(failures[0], { message: 'round 1' })
  await loop.stop()
})

test('after a success the pauses begin anew', async (t) => {
  const { loop, clock, rounds } = createTestLoop((round) => {
    if (round !== 3) throw new Error('no')
    return 'at_once'
  })
  loop.start()
  await clock.advance(1_000)
  t.strictSame(rounds, [0, 250, 750, 750, 1_000])
  await loop.stop()
})

test('stop waits for the round that is going on, and none begins after it', async (t) => {
  let finish: () => void = () => undefined
  const { loop, clock, rounds } = createTestLoop(
    () =>
      new Promise((resolve) => {
        finish = () => resolve('at_once')
      })
  )
  loop.start()
  await clock.advance(10)
  let stopped = false
  const stopping = loop.stop().then(() => (stopped = true))
  await clock.advance(10_000)
  t.equal(stopped, false)
  finish()
  await stopping
  await clock.advance(10_000)
  t.strictSame(rounds, [0])
})

test('stop does not wait for the sleep', async (t) => {
  const { loop, clock, rounds } = createTestLoop()
  loop.start()
  await clock.advance(10)
  await loop.stop()
  t.strictSame(rounds, [0])
})

test('stop ends a pause after a failure', async (t) => {
  const { loop, clock } = createTestLoop(() => {
    throw new Error('no')
  })
  loop.start()
  await clock.advance(10)
  await loop.stop()
  t.pass()
})

test('a loop can be started twice, and once more after its stop', async (t) => {
  const { loop, clock, rounds } = createTestLoop()
  loop.start()
  loop.start()
  await clock.advance(1_500)
  t.strictSame(rounds, [0, 1_000])
  await loop.stop()
  loop.start()
  await clock.advance(100)
  t.strictSame(rounds, [0, 1_000, 1_500])
  await loop.stop()
})

test('a timer of more than 24.8 days fires at its time, and can be taken back until then', (t) => {
  const THIRTY_DAYS = 30 * 86_400_000
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let fired = 0
  systemClock.setTimer(() => fired++, THIRTY_DAYS)
  const cancel = systemClock.setTimer(() => fired++, THIRTY_DAYS)
  mock.timers.tick(2_147_483_647)
  t.equal(fired, 0)
  cancel()
  mock.timers.tick(THIRTY_DAYS - 2_147_483_647 - 1)
  t.equal(fired, 0)
  mock.timers.tick(1)
  t.equal(fired, 1)
  mock.timers.tick(THIRTY_DAYS)
  t.equal(fired, 1)
  t.end()
})

test('a timer without a delay lets sockets have their turn first', async (t) => {
  const order: string[] = []
  await new Promise<void>((resolve) => {
    systemClock.setTimer(() => {
      order.push('timer')
      resolve()
    }, 0)
    void Promise.resolve().then(() => order.push('promise'))
  })
  t.strictSame(order, ['promise', 'timer'])
  systemClock.setTimer(() => t.fail('it was taken back'), 0)()
  await new Promise((resolve) => setImmediate(resolve))
})
