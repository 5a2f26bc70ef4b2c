import { Type } from '@sinclair/typebox'
import { defineHandler } from '../../index.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const Mail = Type.Object(
  { to: Type.String({ minLength: 3 }), copies: Type.Optional(Type.Integer()) },
  { additionalProperties: false }
)
const mail = {
  name: 'Mail',
  schedule: '@hourly',
  target: { type: 'handler' as const, name: 'mail' }
}
const refused = (pointer: string) => ({
  code: 'validation_failed',
  faults: [{ pointer, in: 'body' }]
})

test('params are held against the schema of the handler wherever they come in', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const sent: string[] = []
  scheduler.handle('mail', { params: Mail }, async ({ params }) => {
    sent.push(params.to)
    return { to: params.to, copies: params.copies ?? 1 }
  })
  const wrong: readonly [unknown, string][] = [
    [undefined, '/params'],
    [null, '/params'],
    ['a@b', '/params'],
    [{}, '/params/to'],
    [{ to: 7 }, '/params/to'],
    [{ to: 'a@b', copys: 1 }, '/params/copys'],
    [{ to: 'a@b', copies: '1' }, '/params/copies']
  ]
  for (const [params, pointer] of wrong) {
    const input = { ...mail, params }
    await t.rejects(scheduler.createJob(input), refused(pointer), JSON.stringify(params))
    await t.rejects(scheduler.dryRun.createJob(input), refused(pointer))
    await t.rejects(scheduler.putJob('k', input), refused(pointer))
    await t.rejects(
      scheduler.apply({ jobs: [{ ...input, key: 'k' }] }),
      refused(`/jobs/0${pointer}`)
    )
  }
  t.equal(await scheduler.countJobs(), 0)
  const { id } = await scheduler.createJob({ ...mail, params: { to: 'a@b' } })
  await t.rejects(scheduler.updateJob(id, { params: { to: 1 } }), refused('/params/to'))
  await t.rejects(scheduler.run(id, { params: { to: 1 } }), refused('/params/to'))
  await scheduler.run(id)
  await scheduler.run(id, { params: { to: 'c@d', copies: 2 }, overlap: 'allow' })
  await clock.advance(10)
  t.strictSame(sent.toSorted(), ['a@b', 'c@d'])
  t.match(await scheduler.listRuns({ filter: { state: 'succeeded' } }), { length: 2 })
})

test('params that were there before their schema fail the run, once', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const retry = { max_attempts: 5 }
  const { id } = await scheduler.createJob({ ...mail, retry, params: { to: 1 } })
  const run = await scheduler.run(id)
  t.equal(run.state, 'pending', 'it waits for its handler')
  scheduler.handle(
    'mail',
    defineHandler({ params: Mail }, () => 'sent')
  )
  await clock.advance(60_000)
  t.match(await scheduler.getRun(run.id), {
    state: 'failed',
    attempt: 1,
    error: { code: 'invalid_params', message: '"params.to" is 1, but must be a string.' }
  })
})

test('a handler that cannot be one is refused by name', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  scheduler.handle('a', () => null)
  t.throws(() => scheduler.handle('a', () => null), { code: 'handler_exists' })
  const invalid = { code: 'invalid_configuration' }
  t.throws(() => scheduler.handle('carillon:command', () => null), invalid)
  t.throws(() => scheduler.handle('b', { params: Mail } as never), invalid)
  const schema = { params: { type: 'object' } as never }
  t.throws(() => scheduler.handle('b', schema, () => null), { ...invalid, message: /TypeBox/ })
})

test('a listener hears until it is taken back', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const heard: number[] = []
  const stop = scheduler.on('job_created', ({ job }) => heard.push(job.id))
  await scheduler.createJob({ name: 'a', schedule: '@daily' })
  stop()
  await scheduler.createJob({ name: 'b', schedule: '@daily' })
  t.strictSame(heard, [1])
})
