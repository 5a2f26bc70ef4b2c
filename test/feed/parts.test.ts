import { test } from 'tap'
import type { FeedRun } from '../../src/domain/feed-event.ts'
import { eventId, seqOf } from '../../src/feed/event-id.ts'
import { createGathering } from '../../src/feed/gathering.ts'
import { createIdTrail } from '../../src/feed/id-trail.ts'
import { createRunMarks } from '../../src/feed/run-marks.ts'
import { createRing, type FeedMessage } from '../../src/feed/ring.ts'

const message =
  (json = '{}') =>
  (seq: number): FeedMessage => ({
    id: String(seq),
    event: { name: 'resync', data: { reason: 'gap' } },
    json
  })

const run = (id: number, state: FeedRun['state'] = 'running', jobId = 1): FeedRun => ({
  id,
  job_id: jobId,
  scheduled_for: '2026-01-01T00:00:00.000Z',
  cause: 'schedule',
  state,
  reason: null,
  attempt: 1,
  started_at: null,
  finished_at: null,
  error: null
})

test('a ring gives what came after a number, or says that some of it is gone', (t) => {
  const ring = createRing({ messages: 3, characters: 1_000 })
  t.same(ring.after(0), [])
  for (let count = 0; count < 5; count++) ring.add(message())
  const after = (seq: number) => ring.after(seq)?.map(({ id }) => id) ?? null
  t.same(after(5), [])
  t.same(after(4), ['5'])
  t.same(after(2), ['3', '4', '5'])
  t.equal(after(1), null, 'number 2 is gone')
  t.equal(after(6), null, 'never given out')
  t.equal(after(Number.MAX_SAFE_INTEGER), null)
  t.end()
})

test('a ring holds no more characters than it may, but for a single message', (t) => {
  const ring = createRing({ messages: 100, characters: 10 })
  for (let count = 0; count < 4; count++) ring.add(message('12345'))
  t.equal(ring.after(2)?.length, 2)
  t.equal(ring.after(1), null)
  ring.add(message('x'.repeat(50)))
  t.equal(ring.after(4)?.length, 1)
  t.equal(ring.after(3), null)
  t.end()
})

test('a ring that was cleared lets nobody go on from before', (t) => {
  const ring = createRing({ messages: 3, characters: 1_000 })
  ring.add(message())
  const last = ring.last()
  ring.clear()
  t.equal(ring.after(last), null)
  t.same(ring.after(ring.last()), [])
  t.end()
})

test('an id is of its epoch, and nothing else is an id', (t) => {
  t.equal(seqOf(eventId('0a1b', 17), '0a1b'), 17)
  for (const id of [
    '',
    '0a1b',
    '0a1b-',
    '0a1b-x',
    '0a1c-17',
    '0a1b--1',
    '0a1b-1.5',
    '0a1b-1e3',
    '0a1b-17 ',
    ' 0a1b-17',
    '0a1b-17, 0a1b-18',
    `0a1b-${'9'.repeat(400)}`,
    '\u0000',
    "' or 1=1 --",
    'x'.repeat(100_000)
  ]) {
    t.equal(seqOf(id, '0a1b'), null, id.slice(0, 40))
  }
  t.end()
})

test('of a job the strongest change is told, of a run its latest state', (t) => {
  const gathering = createGathering()
  gathering.addJob(1, 'created')
  gathering.addJob(1, 'moved')
  gathering.addJob(2, 'updated')
  gathering.addJob(2, 'deleted')
  gathering.addJob(2, 'moved')
  gathering.addRun(run(7, 'running'))
  gathering.addRun(run(7, 'succeeded'))
  const { jobs, runs } = gathering.take()
  t.same(jobs, [
    [1, 'created'],
    [2, 'deleted']
  ])
  t.same(
    runs.map(({ id, state }) => [id, state]),
    [[7, 'succeeded']]
  )
  t.ok(gathering.isEmpty())
  t.end()
})

test('the runs of a job are taken one at a time, and none is lost', (t) => {
  const gathering = createGathering()
  for (const id of [1, 2, 3]) gathering.addRun(run(id))
  gathering.addRun(run(9, 'running', 2))
  const taken = () => gathering.take().runs.map(({ id }) => id)
  t.same(taken(), [1, 9])
  gathering.addRun(run(3, 'failed'))
  t.same(taken(), [2])
  t.same(
    gathering.take().runs.map(({ id, state }) => [id, state]),
    [[3, 'failed']]
  )
  t.ok(gathering.isEmpty())
  t.end()
})

test('what waits is bounded: more of it is let go, and that is said', (t) => {
  for (const add of [
    (one: ReturnType<typeof createGathering>, id: number) => one.addJob(id, 'moved'),
    (one: ReturnType<typeof createGathering>, id: number) => one.addRun(run(id))
  ]) {
    const gathering = createGathering()
    for (let id = 1; id <= 1_000; id++) add(gathering, id)
    t.notOk(gathering.isEmpty())
    t.equal(gathering.drain(), false)
    add(gathering, 1_001)
    t.ok(gathering.isEmpty())
    add(gathering, 1_002)
    t.ok(gathering.isEmpty(), 'nothing is gathered until it is said')
    t.equal(gathering.drain(), true)
    add(gathering, 1_003)
    t.notOk(gathering.isEmpty())
  }
  t.end()
})

test('of the output of a run the end is kept, each stream apart', (t) => {
  const gathering = createGathering()
  const add = (stream: 'stdout' | 'stderr', text: string) =>
    gathering.addOutput({ run_id: 1, job_id: 1, stream, text, truncated: false })
  add('stdout', 'one ')
  add('stderr', 'oh')
  add('stdout', 'two')
  t.same(
    gathering.take().outputs.map(({ stream, text, truncated }) => [stream, text, truncated]),
    [
      ['stderr', 'oh', false],
      ['stdout', 'one two', false]
    ]
  )
  add('stdout', 'x'.repeat(20_000))
  add('stdout', 'end')
  const [long] = gathering.take().outputs
  t.equal(long?.text.length, 16_384)
  t.match(long?.text, /end$/)
  t.equal(long?.truncated, true)
  t.end()
})

test('ids that were passed over are looked for again, for ten seconds', (t) => {
  const trail = createIdTrail(10)
  trail.see([11, 14], 0)
  t.equal(trail.last(), 14)
  t.same(trail.gaps(0), [12, 13])
  trail.see([13], 1_000)
  t.same(trail.gaps(9_999), [12])
  t.same(trail.gaps(10_000), [])
  trail.see([1_000_000], 10_000)
  t.equal(trail.gaps(10_000).length, 1_000)
  t.end()
})

test('what was announced while the store was read is not undone by what was read', (t) => {
  const marks = createRunMarks()
  const position = marks.position()
  marks.note(run(1, 'succeeded'))
  t.equal(marks.isNews(run(1, 'running'), position), false)
  t.equal(marks.isNews(run(1, 'succeeded'), marks.position()), false)
  t.equal(marks.isNews(run(1, 'pending'), marks.position()), true, 'it is tried again')
  t.equal(marks.isNews(run(1, 'pending'), marks.position()), false)
  t.equal(marks.isNews(run(2, 'running'), marks.position()), true)
  t.end()
})
