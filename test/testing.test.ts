import Fastify from 'fastify'
import { test } from 'tap'
import carillon from '../index.ts'
import { createManualClock, createTestParts, createTestScheduler } from '../testing.ts'

test('a day of a job is lived through by hand', async (t) => {
  const ran: string[] = []
  const { scheduler, clock, close } = await createTestScheduler({
    handlers: {
      note: async ({ run }) => {
        await new Promise((resolve) => setImmediate(resolve))
        ran.push(new Date(run.scheduledFor).toISOString())
      }
    }
  })
  const target = { type: 'handler' as const, name: 'note' }
  await scheduler.createJob({ name: 'n', schedule: '0 9 * * *', timezone: 'Europe/Paris', target })
  await clock.advance('2d')
  t.strictSame(ran, ['2026-01-01T08:00:00.000Z', '2026-01-02T08:00:00.000Z'])
  t.match(await scheduler.listRuns(), [{ state: 'succeeded' }, { state: 'succeeded' }])
  await close()
  t.equal(scheduler.status().state, 'stopped')
})

test('calls are captured as they would have gone out, and answered as one likes', async (t) => {
  await using kit = await createTestScheduler()
  const { scheduler, clock, webhooks } = kit
  const headers = { 'X-Own': 'a' }
  const target = { type: 'http' as const, url: 'https://example.com/hook?x=1', headers }
  const { id } = await scheduler.createJob({
    name: 'h',
    schedule: '@hourly',
    params: { a: 1 },
    target
  })
  await clock.advance('1h')
  t.match(webhooks.requests, [
    {
      url: 'https://example.com/hook?x=1',
      method: 'POST',
      headers: { 'x-own': 'a', 'content-type': 'application/json', 'carillon-attempt': '1' },
      body: '{"a":1}',
      run_id: 1
    }
  ])
  webhooks.answer(({ headers: sent }) =>
    sent['carillon-attempt'] === '1' ? { status: 503, body: 'later' } : { body: 'done' }
  )
  const run = await scheduler.run(id)
  await clock.advance('1m')
  t.match(await scheduler.getRun(run.id), {
    state: 'succeeded',
    attempt: 2,
    result: { body: 'done' }
  })
  webhooks.answer(() => ({ status: 410 }))
  await scheduler.run(id)
  await clock.advance('1s')
  t.match(await scheduler.getJob(id), { state: 'paused' })
})

test('an application is tested with the same parts', async (t) => {
  const { clock, webhooks, options } = createTestParts()
  const app = Fastify()
  await app.register(carillon, { prefix: '/jobs-of', ...options })
  await app.ready()
  const target = { type: 'http', url: 'http://10.0.0.1/' }
  const payload = { name: 'h', repeat_interval: '10m', target }
  t.equal((await app.inject({ method: 'POST', url: '/jobs-of/jobs', payload })).statusCode, 201)
  await clock.advance('35m')
  t.equal(webhooks.requests.length, 3)
  await app.close()
})

test('a run that never ends holds up neither time nor the end of the test', async (t) => {
  const { scheduler, clock, close } = await createTestScheduler({
    handlers: { stuck: () => new Promise(() => undefined) }
  })
  const target = { type: 'handler' as const, name: 'stuck' }
  await scheduler.createJob({ name: 's', schedule: '@hourly', target, timeout: '1m' })
  await clock.advance('1h')
  t.match(await scheduler.listRuns(), [{ state: 'running' }])
  await clock.advance('2m')
  t.match(await scheduler.listRuns(), [{ state: 'failed', error: { code: 'timeout' } }])
  await scheduler.run(1)
  await close()
  t.pass('it ended')
})

test('time goes by what one says, and never back', async (t) => {
  const clock = createManualClock({ start: 0 })
  const fired: number[] = []
  clock.setTimer(() => fired.push(clock.now()), 1_500)
  await clock.advance('1s')
  t.strictSame(fired, [])
  await clock.advance(1_000)
  t.strictSame(fired, [1_500])
  t.equal(clock.now(), 2_000)
  await t.rejects(clock.advance('soon'), /milliseconds or a duration such as "24h", not soon/)
  await t.rejects(clock.advance(-1), TypeError)
})

test('secrets and signatures are there as in the service, by the option secretKey', async (t) => {
  const secretKey = Buffer.alloc(32, 7).toString('base64')
  await using kit = await createTestScheduler({ secretKey })
  const { scheduler, clock, webhooks } = kit
  const secret = `whsec_${Buffer.alloc(24, 1).toString('base64')}`
  const headers = { Authorization: { secret: 'Bearer 5f1d8c0e-4711-6789' } }
  const job = await scheduler.createJob({
    name: 'signed',
    schedule: '@hourly',
    target: { type: 'http', url: 'https://x.example', headers, secret }
  })
  t.match(job.target, { headers: { Authorization: { secret: '***6789' } }, secret: '***AQEB' })
  await clock.advance('1h')
  t.match(webhooks.requests, [
    {
      headers: {
        authorization: headers.Authorization.secret,
        'webhook-id': '1',
        'webhook-timestamp': String(Math.floor(clock.now() / 1_000)),
        'webhook-signature': /^v1,/
      }
    }
  ])
  await t.rejects(createTestScheduler({ secretKey: 'short' }), {
    code: 'invalid_configuration',
    message: /CARILLON_SECRET_KEY must be 32 bytes/
  })
})
