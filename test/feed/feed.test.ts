import { test } from 'tap'
import { MAX_LISTENERS } from '../../src/feed/feed.ts'
import { createTestFeed } from '../helpers/feed.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'
import { watchDatabase } from '../helpers/watched-database.ts'

const QUIET = { name: 'quiet', schedule: '@yearly' }

test('who comes back within a minute is told what was missed, and only what is wanted', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const first = await listen()
  const { id } = await scheduler.createJob(QUIET)
  await clock.advance(100)
  first.leave()
  const run = await scheduler.run(id)
  const another = await scheduler.createJob(QUIET)
  await clock.advance(59_000)

  const again = await listen({ lastEventId: first.lastId() })
  t.equal(again.messages[0]?.id, first.lastId())
  t.same(again.told(), [
    'hello again',
    `job ${id} moved`,
    `job ${another.id} created`,
    `run ${run.id} succeeded`,
    'stats 0/100'
  ])
  const narrow = await listen({ lastEventId: first.lastId(), jobId: another.id })
  t.same(narrow.told(), ['hello again', `job ${another.id} created`, 'stats 0/100'])
  const same = await listen({ lastEventId: again.lastId(), topics: ['jobs'] })
  t.same(same.told(), ['hello again'])
})

test('who was away for too many events, or knew another process, is told to read anew', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const first = await listen({ topics: ['jobs'] })
  const { id } = await scheduler.createJob(QUIET)
  await clock.advance(100)
  const known = first.lastId()
  for (let count = 0; count < 1_000; count++) {
    if (count % 2 === 0) await scheduler.pause(id)
    else await scheduler.resume(id)
    await clock.advance(100)
  }
  const [epoch, seq] = known.split('-')
  const told = async (lastEventId: string) => {
    const listener = await listen({ topics: ['jobs'], lastEventId })
    listener.leave()
    return listener.told()
  }
  t.equal((await told(known)).length, 1_001, 'a thousand are kept')
  t.same(await told(`${epoch}-${Number(seq) - 1}`), ['hello new', 'resync gap'])
  t.same(await told(`${epoch}-${Number(seq) + 5_000}`), ['hello new', 'resync gap'])
  t.same(await told(`00${epoch?.slice(2)}-${seq}`), ['hello new', 'resync gap'])
  t.same(await told('what is this'), ['hello new', 'resync gap'])
})

test('a job is told of at most ten times a second, as it is then, and the last state is told', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const { id } = await scheduler.createJob(QUIET)
  const listener = await listen({ topics: ['jobs'] })
  const before = listener.messages.length
  for (let count = 1; count < 100; count++) {
    await scheduler.updateJob(id, { name: `name ${count}` })
    await clock.advance(10)
  }
  const told = listener.messages.slice(before)
  t.ok(told.length >= 9 && told.length <= 10, String(told.length))
  await clock.advance(100)
  const last = listener.messages.at(-1)?.event
  t.match(last, { name: 'job', data: { change: 'updated', job: { name: 'name 99' } } })
})

test('a look at the store in between makes no more of them', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const { id } = await scheduler.createJob(QUIET)
  const listener = await listen({ topics: ['jobs'] })
  await clock.advance(890)
  const namesTold = () => listener.messages.slice(1).map(({ json }) => JSON.parse(json).job.name)
  await scheduler.updateJob(id, { name: 'one' })
  await clock.advance(105)
  await scheduler.updateJob(id, { name: 'two' })
  t.same(namesTold(), ['one'])
  await clock.advance(10)
  t.same(namesTold(), ['one'])
  await clock.advance(100)
  t.same(namesTold(), ['one', 'two'])
})

test('nothing is told before the greeting', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { listen, clock, scheduler } = await createTestFeed(t, { db: watch.database, start: false })
  const facts = { id: 1, job_id: 1, job_name: 'x', target: 'log', cause: 'schedule' } as const
  const run = { ...facts, attempt: 1, scheduled_for: 0, delay_ms: 0, started_at: 0 }
  watch.onStatement = () => scheduler.events.emit('runs_started', { runs: [run] })
  const listener = await listen()
  watch.onStatement = () => undefined
  t.equal(listener.told()[0], 'hello new')
  await clock.advance(100)
  t.equal(listener.told().indexOf('hello new'), 0)
})

test('numbers are told when they have changed, at most once a second', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const gates = Promise.withResolvers<void>()
  scheduler.handle('slow', () => gates.promise)
  const target = { type: 'handler', name: 'slow' } as const
  const job = await scheduler.createJob({ ...QUIET, target, overlap: 'allow' })
  const listener = await listen({ topics: ['stats'] })
  await clock.advance(5_000)
  t.same(listener.told(), ['hello new', 'stats 0/100'])
  for (let count = 0; count < 9; count++) {
    await scheduler.run(job.id)
    await clock.advance(100)
  }
  await clock.advance(1_000)
  t.same(listener.told().slice(2).at(-1), 'stats 9/100')
  t.ok(listener.messages.length <= 4)
  gates.resolve()
})

test('one run is followed alone, with its output, which nobody else gets', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const job = await scheduler.createJob(QUIET)
  const run = await scheduler.run(job.id)
  await clock.advance(1_000)
  const other = await scheduler.run(job.id)
  await clock.advance(1_000)
  const topics = ['runs', 'output'] as const
  const one = await listen({ topics: [...topics], runId: run.id })
  const all = await listen({ topics: [...topics] })
  const silent = await listen({ topics: ['runs'], runId: run.id })
  const facts = {
    id: run.id,
    job_id: job.id,
    job_name: 'quiet',
    target: 'log',
    cause: 'manual'
  } as const
  const full = { ...facts, attempt: 1, scheduled_for: 0, started_at: 0 }
  scheduler.events.emit('run_output', { run: full, stream: 'stdout', text: 'a' })
  scheduler.events.emit('run_output', { run: full, stream: 'stdout', text: 'b\n' })
  scheduler.events.emit('run_output', {
    run: { ...full, id: other.id },
    stream: 'stdout',
    text: 'not this'
  })
  await clock.advance(100)
  t.same(one.told(), ['hello new', `output ${run.id} ab\n`])
  t.same(all.told(), ['hello new'])
  t.same(silent.told(), ['hello new'])
})

test('more than can be told at once is let go, and everybody is told to read anew', async (t) => {
  const { listen, clock, scheduler } = await createTestFeed(t)
  const listener = await listen({ topics: ['jobs'] })
  const ids = Array.from({ length: 1_001 }, (_, index) => index + 1)
  scheduler.events.emit('jobs_moved', { ids })
  await clock.advance(1_000)
  t.same(listener.told(), ['hello new', 'resync flood'])
  const { id } = await scheduler.createJob(QUIET)
  await clock.advance(100)
  t.same(listener.told().slice(2), [`job ${id} created`])
})

test('there is room for 200 listeners; who leaves makes room', async (t) => {
  const { listen, feed } = await createTestFeed(t)
  const listeners = await Promise.all(Array.from({ length: MAX_LISTENERS }, () => listen()))
  t.equal(feed.listeners(), 200)
  await t.rejects(listen(), { code: 'too_many_listeners', message: /200 listeners/ })
  listeners[0]?.leave()
  listeners[0]?.leave()
  t.equal(feed.listeners(), 199)
  await listen()
})

test('a store that cannot be read refuses the listener, and the next one is served', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { listen, feed, clock, scheduler } = await createTestFeed(t, {
    db: watch.database,
    start: false
  })
  watch.onStatement = () => {
    throw new Error('disk')
  }
  await t.rejects(listen(), /disk/)
  t.equal(feed.listeners(), 0)
  watch.onStatement = () => undefined
  const listener = await listen({ topics: ['jobs'] })

  watch.onStatement = (text) => {
    if (/select/.test(text)) throw new Error('disk')
  }
  scheduler.events.emit('jobs_moved', { ids: [1] })
  scheduler.events.emit('job_deleted', { id: 1 })
  await clock.advance(3_000)
  watch.onStatement = () => undefined
  await clock.advance(10_000)
  t.same(listener.told(), ['hello new', 'job 1 deleted'], 'what could not be told is told later')
})

test('a feed that is closed ends its listeners and takes no more', async (t) => {
  const watch = watchDatabase(await createTestDatabase(t))
  const { listen, feed } = await createTestFeed(t, { db: watch.database, start: false })
  const listener = await listen()
  await feed.close()
  t.ok(listener.hasEnded())
  watch.onStatement = () => t.fail('the store is left alone')
  await t.rejects(listen(), { code: 'too_many_listeners', message: /stopping/ })
  watch.onStatement = () => undefined
})
