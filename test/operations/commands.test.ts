import process from 'node:process'
import { createTargetPolicy } from '../../src/domain/addresses/target-policy.ts'
import type { JobInput } from '../../src/domain/job.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler } from '../helpers/scheduler.ts'
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
  const { scheduler, clock } = await createTestScheduler(t, { db: one, commands, start: false })
  const { id } = await scheduler.createJob(job)
  const other = await createTestScheduler(t, { db: two ?? one, clock })
  await t.rejects(other.scheduler.run(id), { code: 'command_not_allowed' })
  await clock.advance(3_600_000)
  t.match(await scheduler.listRuns(), [{ state: 'pending', reason: 'no_handler' }])
  await scheduler.start()
  const run = await until('the end of the program', async () => {
    await clock.advance(1_000)
    const [first] = await scheduler.listRuns()
    return first?.state === 'succeeded' && first
  })
  t.match(run, { result: { stdout: 'hi\n', exit_code: 0 } })
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
