import { randomBytes } from 'node:crypto'
import type { JobInput } from '../../src/domain/job.ts'
import { createVault } from '../../src/engine/vault.ts'
import { captureWebhooks } from '../../src/testing/webhooks.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const vault = createVault({ current: randomBytes(32), previous: null })
const job: JobInput = {
  name: 'a',
  repeat_interval: '1h',
  params: { day: 'today' },
  target: {
    type: 'http',
    url: 'http://127.0.0.1/hook?page=2&token=canary',
    headers: { 'X-Team': 'billing', 'X-Api-Key': 'canary', 'X-Sealed': { secret: 'canary' } },
    secret: `whsec_${randomBytes(24).toString('base64')}`
  },
  retry: { max_attempts: 2, backoff: 'fixed', initial: '10s' }
}

/** What differs between what was sent and what is shown, or is only on its way. */
const HIDDEN = ['x-api-key', 'x-sealed', 'traceparent', 'webhook-signature']

test('the request of an attempt is shown as it was sent, without its secrets', async (t) => {
  const webhooks = captureWebhooks()
  const { scheduler, clock } = await createTestScheduler(t, {
    dispatcher: webhooks.dispatcher,
    vault
  })
  webhooks.answer(() => ({ status: 503 }))
  const { id } = await scheduler.createJob(job)
  const run = await scheduler.run(id)
  await clock.advance(30_000)
  t.equal(webhooks.requests.length, 2)
  // What the job is now is not what the run worked on.
  await scheduler.updateJob(id, { params: 'other' })

  for (const [index, sent] of webhooks.requests.entries()) {
    const shown = await scheduler.getRunRequest(run.id, { attempt: index + 1 })
    t.notMatch(JSON.stringify(shown), 'canary')
    t.equal(shown.url, sent.url.replace('canary', '***'))
    t.match(shown, { method: sent.method, body: sent.body, omitted_bytes: 0, attempt: index + 1 })
    const headers = Object.fromEntries(
      Object.entries(shown.headers).map(([name, value]) => [name.toLowerCase(), value])
    )
    const hidden = Object.fromEntries(HIDDEN.map((name) => [name, '***']))
    t.strictSame(headers, { ...sent.headers, ...hidden })
  }
  t.match(await scheduler.getRunRequest(run.id), { attempt: 2 }, 'the last, if none is named')
})

test('params of a run by hand are in its request, a long body is cut', async (t) => {
  const { dispatcher } = captureWebhooks()
  const { scheduler, clock } = await createTestScheduler(t, { dispatcher })
  const target = { type: 'http', url: 'http://127.0.0.1/' } as const
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '1h', target })
  const { id: byHand } = await scheduler.run(id, { params: { n: 1 } })
  await clock.advance(1_000)
  t.match(await scheduler.getRunRequest(byHand), { body: '{"n":1}' })
  const body = '€'.repeat(30_000)
  await scheduler.updateJob(id, { target: { ...target, body } })
  const { id: long } = await scheduler.run(id)
  await clock.advance(1_000)
  const shown = await scheduler.getRunRequest(long)
  t.equal(shown.omitted_bytes + Buffer.byteLength(shown.body ?? ''), 90_002)
  t.ok(Buffer.byteLength(shown.body ?? '') <= 65_536)
})

test('where there is no request to show, it is said why', async (t) => {
  const { dispatcher } = captureWebhooks()
  const { scheduler, clock, database } = await createTestScheduler(t, { dispatcher })
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '1h' })
  const { id: logged } = await scheduler.run(id)
  const target = { type: 'handler', name: 'nobody' } as const
  const waits = await scheduler.createJob({ name: 'b', repeat_interval: '1h', target })
  const { id: waiting } = await scheduler.run(waits.id)
  const calls = await scheduler.createJob({
    name: 'c',
    repeat_interval: '1h',
    target: { type: 'http', url: 'http://127.0.0.1/' }
  })
  const { id: called } = await scheduler.run(calls.id)
  await clock.advance(1_000)
  const refused = (run: number, message: RegExp, attempt?: number): Promise<unknown> =>
    t.rejects(scheduler.getRunRequest(run, { ...(attempt && { attempt }) }), {
      code: attempt === undefined ? 'no_request' : 'validation_failed',
      message
    })
  await refused(logged, /its target is of type "log"/)
  await refused(waiting, /it has not been tried/)
  await refused(called, /"attempt" is 2, but run \d+ was tried once;/, 2)
  await scheduler.deleteJob(calls.id)
  t.match(await scheduler.getRunRequest(called), { method: 'POST' }, 'of a deleted job')
  const kept = { definition: '{"target":{"type":"fax"}}' }
  await database.query.updateTable('carillon_job_versions').set(kept).execute()
  await refused(called, /The target type "fax" is unknown/)
  await database.query.deleteFrom('carillon_job_versions').execute()
  await refused(called, /the definition that it had is kept no longer/)
  await t.rejects(scheduler.getRunRequest(99), { code: 'run_not_found' })
})

test('the runs before and after a run are found', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'other', repeat_interval: '10s' })
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '10s' })
  await clock.advance(20_500)
  const byHand = await scheduler.run(id)
  await clock.advance(10_000)
  // Two runs of each of these occurrences.
  await scheduler.backfill(id, { from: '2026-01-01T00:00:10Z', to: '2026-01-01T00:00:20Z' })
  await clock.advance(1_000)
  const runs = (await scheduler.listRuns({ filter: { jobId: id } })).map((run) => run.id)
  t.equal(runs.length, 6)
  for (const [index, run] of runs.entries()) {
    t.strictSame(await scheduler.getRunNeighbours(run), {
      previous_run_id: runs[index + 1] ?? null,
      next_run_id: runs[index - 1] ?? null
    })
  }
  t.ok(runs.includes(byHand.id))
  await t.rejects(scheduler.getRunNeighbours(999), { code: 'run_not_found' })
})
