import process from 'node:process'
import { Type } from '@sinclair/typebox'
import { createTargetPolicy } from '../../src/domain/addresses/target-policy.ts'
import type { JobInput } from '../../src/domain/job.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'

const commands = { environment: { PATH: process.env['PATH'] } }
const target = { type: 'command' as const, argv: ['echo', 'hi'] }
const job = { key: 'c', name: 'c', schedule: '@hourly', target }

test('where programs are not allowed, no way leads to a job that starts one', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'log', schedule: '@hourly' })
  const ways: ((calls: Scheduler) => Promise<unknown>)[] = [
    (calls) => calls.createJob(job),
    (calls) => calls.putJob('c', job),
    (calls) => calls.replaceJob(id, job),
    (calls) => calls.updateJob(id, { target }),
    (calls) => calls.apply({ jobs: [job] }),
    (calls) => calls.dryRun.createJob(job),
    (calls) => calls.dryRun.updateJob(id, { target }),
    (calls) => calls.dryRun.apply({ jobs: [job] })
  ]
  for (const way of ways) {
    const message = /CARILLON_ALLOW_COMMANDS/
    await t.rejects(way(scheduler), { code: 'command_not_allowed', message }, String(way))
  }
  t.equal(await scheduler.countJobs(), 1)
})

test('the runs of a command wait for a replica that may start programs', async (t) => {
  const [one, two] = await createTestDatabases(t, 2)
  const { scheduler, clock } = await createTestScheduler(t, {
    ...overDays,
    db: one,
    commands,
    start: false
  })
  const { id } = await scheduler.createJob(job)
  const other = await createTestScheduler(t, { ...overDays, db: two ?? one, clock })
  const refused = { code: 'command_not_allowed' }
  await t.rejects(other.scheduler.run(id), refused)
  const stretch = { from: '2025-12-31T20:00:00Z', to: '2025-12-31T22:00:00Z' }
  await t.rejects(other.scheduler.backfill(id, stretch), refused)
  await t.rejects(other.scheduler.backfill(id, { ...stretch, dry_run: true }), refused)
  t.strictSame(await other.scheduler.listRuns(), [])
  await clock.advance(3_600_000)
  t.match(await scheduler.listRuns(), [{ state: 'pending', reason: 'no_handler' }])
  const { sentence } = await scheduler.explain(id, '2026-01-01T01:00:00Z')
  t.match(sentence, /waits for a process that may start programs, with CARILLON_ALLOW_COMMANDS\.$/)
  await scheduler.start()
  const run = await until('the end of the program', async () => {
    await clock.advance(1_000)
    const [first] = await scheduler.listRuns()
    return first?.state === 'succeeded' && first
  })
  t.match(run, { result: { stdout: 'hi\n', exit_code: 0 } })
})

test('a command that is tried again by hand waits for a replica that may start programs', async (t) => {
  const [one, two] = await createTestDatabases(t, 2)
  const may = await createTestScheduler(t, { ...overDays, db: one, commands })
  const { scheduler, clock } = may
  const failing = { ...target, argv: ['sh', '-c', 'test "$CARILLON_ATTEMPT" = 2'] }
  const { id } = await scheduler.createJob({ ...job, target: failing })
  const { id: runId } = await scheduler.run(id)
  const ends = (state: string) =>
    until(`the program to have ${state}`, async () => {
      await clock.advance(1_000)
      return (await scheduler.getRun(runId)).state === state
    })
  await ends('failed')
  const stopped = scheduler.stop()
  await clock.advance(1_000)
  await stopped
  const other = await createTestScheduler(t, { ...overDays, db: two ?? one, clock })
  await other.scheduler.retryRun(runId)
  await clock.advance(10_000)
  t.match(await other.scheduler.getRun(runId), { state: 'pending', reason: 'retry_requested' })
  await scheduler.start()
  await ends('succeeded')
})

test('what a program wrote before it was stopped is kept', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { ...overDays, commands })
  const said: string[] = []
  scheduler.on('run_output', ({ text }) => said.push(text))
  const argv = ['sh', '-c', 'echo half; echo why >&2; exec sleep 100']
  const long = { ...job, target: { ...target, argv }, timeout: '10m' }
  const { id } = await scheduler.createJob(long)
  const stop: Record<string, (runId: number) => Promise<unknown>> = {
    failed: () => clock.advance('10m'),
    cancelled: (runId) => scheduler.cancelRun(runId)
  }
  for (const [state, act] of Object.entries(stop)) {
    said.length = 0
    const run = await scheduler.run(id)
    await until('its output', async () => said.length === 2)
    await act(run.id)
    const after = await until('its end', async () => {
      await clock.advance(100)
      const found = await scheduler.getRun(run.id)
      return found.state === state && found
    })
    t.match(after, {
      error: state === 'failed' ? { code: 'timeout' } : null,
      result: { stdout: 'half\n', stderr: 'why\n', signal: 'SIGTERM', exit_code: null }
    })
  }
})

test('a run whose definition is kept no longer is not tried again', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t, overDays)
  scheduler.handle('work', () => Promise.reject(new Error('no')))
  const work = { type: 'handler', name: 'work' } as const
  const { id } = await scheduler.createJob({ ...job, target: work })
  const { id: runId } = await scheduler.run(id)
  await clock.advance(1_000)
  await scheduler.updateJob(id, { name: 'new' })
  await database.query.deleteFrom('carillon_job_versions').execute()
  await t.rejects(scheduler.retryRun(runId), {
    code: 'validation_failed',
    message: /kept no longer; run its job/
  })
  t.equal((await scheduler.getRun(runId)).state, 'failed')
})

test('a backfill refuses params that the handler does not take', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const work = { type: 'handler', name: 'work' } as const
  const { id } = await scheduler.createJob({ ...job, target: work, params: { n: 'x' } })
  const params = Type.Object({ n: Type.Number() })
  scheduler.handle('work', { params }, () => undefined)
  const stretch = { from: '2025-12-31T20:00:00Z', to: '2025-12-31T22:00:00Z' }
  for (const request of [stretch, { ...stretch, dry_run: true }]) {
    await t.rejects(scheduler.backfill(id, request), { code: 'validation_failed' })
  }
  t.strictSame(await scheduler.listRuns(), [])
})

test('an address that no target may call is refused when it is written down', async (t) => {
  const targetPolicy = createTargetPolicy({ allow: [], deny: [], isLocal: () => false })
  const { scheduler } = await createTestScheduler(t, { targetPolicy })
  const hook = (url: string): JobInput => ({
    name: 'h',
    schedule: '@daily',
    target: { type: 'http', url }
  })
  for (const url of [
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://[::1]:9/',
    'http://169.254.169.254/'
  ]) {
    await t.rejects(scheduler.createJob(hook(url)), {
      code: 'validation_failed',
      faults: [{ pointer: '/target/url' }]
    })
  }
  await scheduler.createJob(hook('https://example.com/'))
})
