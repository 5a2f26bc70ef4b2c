import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const hourly = (name: string) => ({ name, schedule: '0 * * * *' })

test('operations that are done together are all done, and told after the commit', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const old = await scheduler.createJob(hourly('old'))
  const told = events('job_created').length
  const names = await scheduler.together(async (operations) => {
    const { name } = await operations.createJob(hourly('new'))
    await operations.updateJob(old.id, { name: 'renamed' })
    const run = await operations.run(old.id)
    t.equal(run.state, 'pending', 'whether it may start is known after the commit')
    t.equal(events('job_created').length, told, 'nothing is told before')
    t.equal(events('runs_started').length, 0)
    return name
  })
  t.equal(names, 'new')
  t.equal(events('job_created').length, told + 1)
  await clock.advance(10)
  const [run] = await scheduler.listRuns()
  t.match(run, { job_id: old.id, state: 'succeeded' })
  t.equal((await scheduler.getJob(old.id)).name, 'renamed')
})

test('operations that are done together are not done at all when one is refused', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ ...hourly('taken'), key: 'taken' })
  const told = events('job_created').length
  await t.rejects(
    scheduler.together(async (operations) => {
      await operations.createJob(hourly('first'))
      await operations.run(id)
      await operations.pause(id)
      await operations.createJob({ ...hourly('second'), key: 'taken' })
    }),
    { code: 'key_exists' }
  )
  await clock.advance(10)
  t.equal(events('job_created').length, told, 'nor told')
  t.match(await scheduler.listJobs(), { length: 1 })
  t.match(await scheduler.listRuns(), { length: 0 })
  t.match(await scheduler.getJob(id), { state: 'enabled', version: 1 })
})

test('a dry run is no part of a larger transaction, which would be undone with it', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const mixed = scheduler.together(async ({ createJob, dryRun }) => {
    await createJob(hourly('one'))
    await dryRun.createJob(hourly('two'))
  })
  await t.rejects(mixed, /cannot be undone/)
  t.match(await scheduler.listJobs(), { length: 0 })
})
