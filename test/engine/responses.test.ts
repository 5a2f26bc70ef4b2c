import type { JobInput } from '../../src/domain/job.ts'
import { captureWebhooks } from '../../src/testing/webhooks.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf } from '../helpers/runs.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const retry = { max_attempts: 3, backoff: 'fixed', initial: '10s', max: '10s' } as const
const calling: JobInput = {
  name: 'a',
  repeat_interval: '1h',
  target: { type: 'http', url: 'http://127.0.0.1/' },
  retry
}

test('every attempt shows what it was answered, also after the run went well', async (t) => {
  t.intercept(Math, 'random', { value: () => 0.99 })
  const webhooks = captureWebhooks()
  const { scheduler, clock, database } = await createTestScheduler(t, {
    dispatcher: webhooks.dispatcher
  })
  const answers = [
    { status: 503, body: `over capacity${'.'.repeat(5_000)}`, headers: { 'x-load': '99' } },
    { status: 500, headers: { 'set-cookie': 'id=canary' } },
    { status: 200, body: 'done', headers: { 'content-type': 'text/plain' } }
  ]
  webhooks.answer(() => answers.shift() ?? {})
  const { id } = await scheduler.createJob(calling)
  const run = await scheduler.run(id)
  await clock.advance(1_000)
  const waiting = await scheduler.getRun(run.id)
  t.match(waiting, { state: 'pending', result: { status: 503 } })
  t.match(waiting.attempts, [{ outcome: 'failed', response: { status: 503 } }])

  await clock.advance(30_000)
  const { state, result, attempts } = await scheduler.getRun(run.id)
  t.equal(state, 'succeeded')
  t.match(result, { status: 200, body: 'done', headers: { 'content-type': 'text/plain' } })
  t.match(attempts, [
    {
      error: { code: 'http_status' },
      response: { status: 503, headers: { 'x-load': '99' }, omitted_bytes: 5_013 - 4_096 }
    },
    { response: { status: 500, headers: { 'set-cookie': '***' }, body: '' } },
    { error: null, response: { status: 200, body: 'done', omitted_bytes: 0, headers_ms: 0 } }
  ])
  t.match(attempts[0]?.response?.body, /^over capacity/)

  // Of the last attempt nothing is written twice.
  const row = await database.query.selectFrom('carillon_runs').selectAll().executeTakeFirstOrThrow()
  t.equal(JSON.parse(row.attempts ?? '[]').length, 2)
  t.notMatch(JSON.stringify(row), 'canary')
})

test('a run that is tried once more keeps what its last attempt was answered', async (t) => {
  const webhooks = captureWebhooks()
  const { scheduler, clock } = await createTestScheduler(t, { dispatcher: webhooks.dispatcher })
  webhooks.answer(() => ({ status: 404, body: 'nobody' }))
  const { id } = await scheduler.createJob(calling)
  const run = await scheduler.run(id)
  await clock.advance(1_000)
  webhooks.answer(() => ({ body: 'ok' }))
  await scheduler.retryRun(run.id)
  await clock.advance(1_000)
  t.match((await scheduler.getRun(run.id)).attempts, [
    { response: { status: 404, body: 'nobody' } },
    { response: { status: 200, body: 'ok' } }
  ])
})

test('a run of another target has no answer, and nothing is written for it', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  let calls = 0
  scheduler.handle('work', () => {
    if (calls++ === 0) throw new Error('no')
    return { status: 200 }
  })
  const target = { type: 'handler', name: 'work' } as const
  const { id } = await scheduler.createJob({ ...calling, target })
  await scheduler.run(id)
  await clock.advance(30_000)
  const [run] = await runsOf(scheduler, 1)
  t.match(run?.attempts, [{ outcome: 'failed', response: null }, { response: null }])
  const { attempts } = await database.query
    .selectFrom('carillon_runs')
    .select('attempts')
    .executeTakeFirstOrThrow()
  t.notMatch(attempts, 'response')
})
