import { test } from 'tap'
import { createServerClock } from '../../src/engine/server-clock.ts'
import type { Db } from '../../src/store/db.ts'
import { findServerTime } from '../../src/store/server-time.ts'
import { openDatabase } from '../../src/store/open.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { createDatabaseUrl, skipReasons } from '../helpers/server-databases.ts'

const NOON = Date.parse('2026-01-01T12:00:00Z')

/** A server whose clock, and the way to it, a test decides about. */
function createServer() {
  const server = { now: NOON, elapsed: 0, wayMs: 0, isGone: false }
  const executor = {
    executeQuery: async () => {
      if (server.isGone) throw new Error('gone')
      server.elapsed += server.wayMs
      server.now += server.wayMs
      const rows = [{ now: Math.floor(server.now) }]
      server.elapsed += server.wayMs
      server.now += server.wayMs
      return { rows }
    },
    transformQuery: (node: unknown) => node,
    compileQuery: () => ({ sql: '', parameters: [] })
  }
  const query = { getExecutor: () => executor } as unknown as Db['query']
  const db = { query, dialect: { name: 'postgres' } } as unknown as Db
  const advance = (ms: number): void => {
    server.now += ms
    server.elapsed += ms
  }
  return { db, server, advance, monotonic: () => server.elapsed }
}

test('it shows the time of the server, whatever the clock of this machine shows', async (t) => {
  const { db, server, advance, monotonic } = createServer()
  const local = createManualClock(NOON + 60_000)
  const clock = await createServerClock(db, { clock: local, monotonic })
  t.teardown(() => clock.stop())
  t.equal(clock.now(), NOON)
  t.equal(clock.skewMs(), 60_000, 'ahead by a minute')
  advance(250)
  t.equal(clock.now(), NOON + 250)
  local.jumpTo(NOON - 3_600_000)
  t.equal(clock.now(), NOON + 250, 'setting the clock of this machine changes nothing')
  await local.advance(1_000)
  t.equal(clock.skewMs(), local.now() - server.now, 'the next sample sees it')
})

test('it is never ahead of the server, and behind by the quickest answer at most', async (t) => {
  const { db, server, advance, monotonic } = createServer()
  const local = createManualClock(NOON)
  server.wayMs = 40
  const clock = await createServerClock(db, { clock: local, monotonic })
  t.teardown(() => clock.stop())
  const behind = (): number => server.now - clock.now()
  t.equal(behind(), 40, 'the answer was 40 ms on its way')
  for (const [wayMs, expected] of [
    [90, 40],
    [5, 5],
    [70, 5],
    [0, 0]
  ] as const) {
    server.wayMs = wayMs
    advance(1_000)
    await local.advance(1_000)
    t.equal(behind(), expected, `after an answer that took ${wayMs} ms`)
  }
})

test('it follows when the clock of the server is set', async (t) => {
  const { db, server, monotonic } = createServer()
  const local = createManualClock(NOON)
  const clock = await createServerClock(db, { clock: local, monotonic })
  t.teardown(() => clock.stop())
  for (const change of [3_600_000, -7_200_000]) {
    server.now += change
    await local.advance(1_000)
    t.equal(clock.now(), server.now)
  }
})

test('while the server does not answer it goes on, and asks again', async (t) => {
  const { db, server, advance, monotonic } = createServer()
  const local = createManualClock(NOON)
  const clock = await createServerClock(db, { clock: local, monotonic })
  t.teardown(() => clock.stop())
  server.isGone = true
  advance(5_000)
  await local.advance(5_000)
  t.equal(clock.now(), NOON + 5_000)
  server.isGone = false
  server.now += 100
  await local.advance(1_000)
  t.equal(clock.now(), NOON + 5_100)
  clock.stop()
  server.now += 100
  await local.advance(5_000)
  t.equal(clock.now(), NOON + 5_100, 'stopped, it asks no more')
})

test('a server that does not answer at the start is told of', async (t) => {
  const { db, server } = createServer()
  server.isGone = true
  await t.rejects(createServerClock(db, { clock: createManualClock() }), { message: 'gone' })
})

for (const kind of ['postgres', 'mysql'] as const) {
  test(`${kind} tells its time in whole milliseconds`, { skip: skipReasons[kind] }, async (t) => {
    const database = await openDatabase(await createDatabaseUrl(t, kind))
    t.teardown(() => database.close())
    const before = Date.now()
    const time = await findServerTime(database)
    t.ok(Number.isInteger(time))
    t.ok(time >= before - 1 && time <= Date.now(), 'on this machine both read the same clock')
  })
}
