import type { StoredAnswer } from '../../src/domain/stored-answer.ts'
import type { Operations } from '../../src/operations/operations.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'

const HOUR = 3_600_000
const hourly = { name: 'once', schedule: '0 * * * *' }
const request = { caller: 'ann', key: 'k-1', content: 'POST /jobs once' }

const create = async ({ createJob }: Operations): Promise<StoredAnswer> => {
  const { id } = await createJob(hourly)
  return { status: 201, headers: { location: `/jobs/${id}` }, body: JSON.stringify({ id }) }
}

test('a request with the same key is carried out once and answered twice', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const first = await scheduler.once(request, create)
  const second = await scheduler.once(request, create)
  t.equal(first.replayed, false)
  t.equal(second.replayed, true)
  t.strictSame(second.answer, first.answer)
  t.equal((await scheduler.listJobs()).length, 1)
})

test('a key belongs to whoever sent it, and to what was sent', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.once(request, create)
  await t.rejects(scheduler.once({ ...request, content: 'other' }, create), {
    code: 'idempotency_key_reused'
  })
  const { replayed } = await scheduler.once({ ...request, caller: 'bob' }, create)
  t.equal(replayed, false)
  t.equal((await scheduler.listJobs()).length, 2)
})

test('what was refused is undone with its key, and may be tried again', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const refused = scheduler.once(request, async (operations) => {
    await create(operations)
    throw new Error('no')
  })
  await t.rejects(refused, /no/)
  t.equal((await scheduler.listJobs()).length, 0)
  const { replayed } = await scheduler.once(request, create)
  t.equal(replayed, false)
})

test('a request that comes again while it is carried out is told so', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const began = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const first = scheduler.once(request, async (operations) => {
    began.resolve()
    await goOn.promise
    return create(operations)
  })
  await began.promise
  await t.rejects(scheduler.once(request, create), { code: 'request_in_progress' })
  goOn.resolve()
  await first
  const { replayed } = await scheduler.once(request, create)
  t.equal(replayed, true)
})

test('two replicas that get the same request at once carry it out once', async (t) => {
  const [one, two] = await createTestDatabases(t, 2)
  const { scheduler } = await createTestScheduler(t, { db: one })
  const { scheduler: other } = await createTestScheduler(t, { db: two ?? one })
  const answers = await Promise.all([
    scheduler.once(request, create),
    other.once(request, create),
    scheduler.once({ ...request, key: 'k-2' }, create)
  ])
  t.equal(answers.filter(({ replayed }) => replayed).length, 1)
  t.strictSame(answers[0].answer, answers[1].answer)
  t.equal((await scheduler.listJobs()).length, 2)
})

test('a key is free again after a day', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t, overDays)
  await scheduler.once(request, create)
  await clock.advance(24 * HOUR)
  t.equal((await scheduler.once(request, create)).replayed, true)
  await clock.advance(1)
  t.equal((await scheduler.once(request, create)).replayed, false)
  await scheduler.once({ ...request, key: 'k-2' }, create)
  await clock.advance(3 * 24 * HOUR)
  const kept = await database.query.selectFrom('carillon_requests').selectAll().execute()
  t.equal(kept.length, 0, 'and the record goes')
})

test('a run by hand with a key starts after it is recorded, and once', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const { id } = await scheduler.createJob(hourly)
  const runOnce = () =>
    scheduler.once(request, async (operations) => {
      const run = await operations.run(id)
      return { status: 201, headers: {}, body: JSON.stringify(run) }
    })
  const { answer } = await runOnce()
  await runOnce()
  await clock.advance(10)
  const runs = await scheduler.listRuns()
  t.match(runs, [{ state: 'succeeded', cause: 'manual' }])
  t.equal(JSON.parse(answer.body).id, runs[0]?.id)
})
