import type { BulkRequest } from '../../src/domain/bulk.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const hourly = { schedule: '0 * * * *' }

test('what is done to many jobs is done to those that the filter names', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  for (let index = 0; index < 7; index++) {
    const tags = index % 2 === 0 ? ['even'] : ['odd']
    await scheduler.createJob({ name: `job ${index}`, ...hourly, tags })
  }
  const states = async (): Promise<string> =>
    (await scheduler.listJobs()).map(({ state }) => state[0]).join('')
  const paused = await scheduler.bulk({ filter: { tag: 'even' }, action: 'pause', reason: 'why' })
  t.strictSame(paused, { dry_run: false, action: 'pause', matched: 4, done: 4, refused: [] })
  t.equal(await states(), 'pepepep')
  t.equal((await scheduler.getJob(1)).pause_reason, 'why')
  t.match(
    await scheduler.bulk({ filter: { state: 'paused', ids: [1, 2, 99] }, action: 'resume' }),
    {
      matched: 1,
      done: 1
    }
  )
  t.equal(await states(), 'eepepep')
  t.match(await scheduler.bulk({ filter: { q: 'JOB 3' }, action: 'delete' }), { done: 1 })
  t.equal(await states(), 'eeppep')
  t.equal(await scheduler.countJobs(), 6)
  t.match(await scheduler.bulk({ filter: { all: true }, action: 'delete' }), {
    matched: 6,
    done: 6
  })
  t.equal(await scheduler.countJobs(), 0)
})

test('a job that refuses is reported with its reason, keeps no trace, and stops no other', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const release = Promise.withResolvers<void>()
  scheduler.handle('slow', () => release.promise)
  t.teardown(() => release.resolve())
  const slow = { target: { type: 'handler' as const, name: 'slow' } }
  await scheduler.createJob({ name: 'busy', ...hourly, ...slow })
  await scheduler.createJob({ name: 'idle', ...hourly })
  await scheduler.createJob({ name: 'once', start_date: '2026-01-01T00:00:01Z' })
  await clock.advance(2_000)
  await scheduler.run(1)
  const runs = (await scheduler.listRuns()).length
  const notRun = events('occurrences_not_run').length
  const ran = await scheduler.bulk({ filter: { all: true }, action: 'run' })
  t.match(ran, { matched: 3, done: 2, refused: [{ id: 1, name: 'busy', code: 'run_active' }] })
  t.equal((await scheduler.listRuns()).length, runs + 2, 'no record of the one that is refused')
  t.equal(events('occurrences_not_run').length, notRun, 'and no word of it')
  const paused = await scheduler.bulk({ filter: { all: true }, action: 'pause' })
  t.match(paused, { done: 2, refused: [{ id: 3, code: 'job_finished' }] })
  await clock.advance(10)
  const deleted = await scheduler.bulk({
    filter: { all: true },
    action: 'delete',
    running: 'refuse'
  })
  t.match(deleted, { done: 2, refused: [{ id: 1, code: 'job_running', detail: /running/ }] })
})

test('tags are added to and taken from many jobs', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const twenty = Array.from({ length: 20 }, (_, index) => `t${index}`)
  await scheduler.createJob({ name: 'a', ...hourly, tags: ['x', 'y'] })
  await scheduler.createJob({ name: 'b', ...hourly, tags: ['z'] })
  await scheduler.createJob({ name: 'full', ...hourly, tags: twenty })
  const report = await scheduler.bulk({
    filter: { all: true },
    action: 'tag',
    add_tags: ['z'],
    remove_tags: ['x']
  })
  t.match(report, { matched: 3, done: 2, refused: [{ id: 3, code: 'validation_failed' }] })
  const jobs = await scheduler.listJobs()
  t.strictSame(jobs.map(({ tags }) => tags).slice(0, 2), [['y', 'z'], ['z']])
  t.strictSame(
    jobs.map(({ version }) => version),
    [2, 1, 1],
    'a job that has them already is not changed'
  )
  t.equal((await scheduler.listJobs({ filter: { tag: 'z' } })).length, 2)
})

test('a dry run says what would be done to many jobs', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', ...hourly })
  await scheduler.createJob({ name: 'b', ...hourly })
  const told = events('job_updated').length
  const request: BulkRequest = { filter: { all: true }, action: 'pause' }
  const dry = await scheduler.dryRun.bulk(request)
  t.equal((await scheduler.listJobs({ filter: { state: 'enabled' } })).length, 2)
  t.equal(events('job_updated').length, told)
  t.strictSame(dry, { ...(await scheduler.bulk(request)), dry_run: true })
})

test('more jobs than fit in one transaction are done to the last', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.together(async ({ createJob }) => {
    for (let index = 0; index < 230; index++) await createJob({ name: `${index}`, ...hourly })
  })
  t.match(await scheduler.bulk({ filter: { all: true }, action: 'pause' }), {
    matched: 230,
    done: 230
  })
  t.equal(await scheduler.countJobs({ state: 'paused' }), 230)
})

test('nothing is done to many jobs by leaving something out', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', ...hourly })
  const refused: readonly [object, string][] = [
    [{ filter: {}, action: 'delete' }, '/filter'],
    [{ action: 'delete' }, '/filter'],
    [{ filter: { all: true, tag: 'x' }, action: 'delete' }, '/filter/all'],
    [{ filter: { all: false }, action: 'delete' }, '/filter/all'],
    [{ filter: { all: true }, action: 'destroy' }, '/action'],
    [{ filter: { all: true }, action: 'resume', reason: 'no' }, '/reason'],
    [{ filter: { all: true }, action: 'tag' }, '/add_tags'],
    [{ filter: { tagg: 'x' }, action: 'delete' }, '/filter/tagg']
  ]
  for (const [request, pointer] of refused) {
    await t.rejects(
      scheduler.bulk(request as BulkRequest),
      { code: 'validation_failed', faults: [{ pointer }] },
      JSON.stringify(request)
    )
  }
  const until = { filter: { all: true }, action: 'pause', until: 'tomorrow' } as const
  t.match(await scheduler.bulk(until), { done: 0, refused: [{ code: 'validation_failed' }] })
  t.equal(await scheduler.countJobs({ state: 'enabled' }), 1)
})
