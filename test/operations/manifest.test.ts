import type { Test } from 'tap'
import { CarillonError } from '../../src/domain/errors.ts'
import type { JobInput } from '../../src/domain/job.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'

const DAY = 86_400_000
const job = (key: string, more: Partial<JobInput> = {}): JobInput => ({
  key,
  name: `Job ${key}`,
  schedule: '0 * * * *',
  ...more
})

async function exported(scheduler: Scheduler, tag?: string): Promise<JobInput[]> {
  return Array.fromAsync(scheduler.exportJobs(tag === undefined ? {} : { tag }))
}

async function faultsOf(t: Test, call: Promise<unknown>) {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown
  )
  t.ok(error instanceof CarillonError)
  return error instanceof CarillonError ? error.faults.map(({ pointer }) => pointer) : []
}

test('a manifest creates, changes and leaves alone, and says which', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  const first = await scheduler.apply({ jobs: [job('a'), job('b')] })
  t.match(first, { dry_run: false, created: 2, updated: 0, unchanged: 0, deleted: 0 })
  const told = events('job_updated').length
  const second = await scheduler.apply({
    jobs: [job('c'), job('b', { schedule: '30 * * * *' }), job('a')]
  })
  t.match(second, { created: 1, updated: 1, unchanged: 1, deleted: 0 })
  t.match(second.changes, [
    { action: 'created', key: 'c', name: 'Job c', version: 1, diff: null },
    {
      action: 'updated',
      key: 'b',
      version: 2,
      diff: { schedule: { before: '0 * * * *', after: '30 * * * *' } },
      next_run_at: '2026-01-01T00:30:00.000Z'
    },
    { action: 'unchanged', key: 'a', version: 1, diff: null }
  ])
  t.equal(events('job_updated').length, told + 1, 'what is left alone is not announced')
  const { changes } = await scheduler.apply({ jobs: [job('a'), job('b'), job('c')] })
  t.strictSame(
    changes.map(({ action }) => action),
    ['unchanged', 'updated', 'unchanged']
  )
})

test('a manifest that prunes deletes what it does not name, but nothing without a key', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const released = Promise.withResolvers<void>()
  scheduler.handle('slow', ({ signal }) => {
    signal.addEventListener('abort', () => released.resolve())
    return released.promise
  })
  await scheduler.createJob({ name: 'by hand', schedule: '0 * * * *' })
  const { id } = await scheduler.createJob(
    job('old', { target: { type: 'handler', name: 'slow' } })
  )
  const { id: runId } = await scheduler.run(id)
  await scheduler.createJob(job('other', { tags: ['other-team'] }))
  await scheduler.apply({ jobs: [job('kept')], tag: 'team' })
  const tagged = await scheduler.apply({
    jobs: [job('kept'), job('more')],
    tag: 'team',
    prune: true
  })
  t.match(tagged, { created: 1, unchanged: 1, deleted: 0 }, 'only what has the tag is pruned')
  t.match(await scheduler.apply({ jobs: [job('more')], tag: 'team', prune: true }), {
    deleted: 1,
    changes: [{ key: 'more' }, { action: 'deleted', key: 'kept', next_run_at: null }]
  })
  const all = await scheduler.apply({ jobs: [job('more', { tags: ['team'] })], prune: true })
  t.match(all, { unchanged: 1, deleted: 2 })
  await clock.advance(10)
  t.match(await scheduler.getRun(runId), { state: 'cancelled' }, 'as by deleting it')
  t.strictSame(
    (await scheduler.listJobs()).map(({ name }) => name),
    ['by hand', 'Job more']
  )
})

test('a dry run of a manifest says the same and does nothing', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.apply({ jobs: [job('a'), job('b'), job('old')] })
  const before = await scheduler.listJobs()
  const manifest = { jobs: [job('a', { name: 'renamed' }), job('b'), job('new')], prune: true }
  const dry = await scheduler.dryRun.apply(manifest)
  t.strictSame(await scheduler.listJobs(), before)
  const real = await scheduler.apply(manifest)
  const changes = real.changes.map((change) =>
    change.action === 'created' ? { ...change, id: null } : change
  )
  t.strictSame(dry, { ...real, dry_run: true, changes })
})

test('a manifest with faults changes nothing and names them all', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  await scheduler.apply({ jobs: [job('a')] })
  const faults = await faultsOf(
    t,
    scheduler.apply({
      jobs: [
        job('a', { name: 'renamed' }),
        { ...job('b'), schedul: '* * * * *' } as JobInput,
        { name: 'no key', schedule: '0 * * * *' },
        job('a'),
        job('c', { schedule: '61 * * * *' })
      ],
      prune: true
    })
  )
  t.strictSame(faults, ['/jobs/1/schedul', '/jobs/2/key', '/jobs/3/key', '/jobs/4/schedule'])
  const late = await faultsOf(
    t,
    scheduler.apply({
      jobs: [
        job('a', { name: 'renamed' }),
        job('d'),
        job('e', { schedule: '0 0 30 2 *' }),
        { key: 'f', name: 'past', start_date: '2020-01-01T00:00:00Z' }
      ]
    })
  )
  t.strictSame(late, ['/jobs/2/schedule', '/jobs/3/start_date'])
  t.match(await scheduler.listJobs(), [{ key: 'a', name: 'Job a', version: 1 }])
  t.strictSame(await faultsOf(t, scheduler.apply({ jobs: {} } as never)), ['/jobs'])
})

test('a job of a manifest that has had its day stays as it is', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  const manifest = { jobs: [{ key: 'once', name: 'once', start_date: '2026-01-01T12:00:00Z' }] }
  await scheduler.apply(manifest)
  await clock.advance(DAY)
  t.match(await scheduler.apply(manifest), { unchanged: 1 })
  t.match(await scheduler.listJobs(), [{ state: 'finished' }])
})

test('what is exported can be applied elsewhere, and is the same there', async (t) => {
  const [one, two] = await createTestDatabases(t, 2)
  const { scheduler } = await createTestScheduler(t, { db: one })
  const jobs = [
    job('plain'),
    job('rich', {
      params: { list: [1, 'two', null] },
      tags: ['x', 'y'],
      retry: { max_attempts: 7 },
      dst: { gap: 'skip' },
      target: { type: 'http', url: 'https://example.com/', headers: { 'X-A': 'b' } },
      exclude: ['25 12 *']
    }),
    job('interval', { schedule: null, repeat_interval: '90s' })
  ]
  await scheduler.apply({ jobs })
  await scheduler.createJob({ name: 'no key', schedule: '@daily' })
  const all = await exported(scheduler)
  t.equal(all.length, 4)
  t.strictSame(await exported(scheduler, 'x'), [all[1]])
  const keyed = all.filter(({ key }) => key != null)
  t.match(await scheduler.apply({ jobs: keyed }), { unchanged: 3 })
  if (two === one) return
  await scheduler.apply({ jobs: [], prune: true })
  t.match(await scheduler.apply({ jobs: keyed }), { created: 3 })
  t.strictSame((await exported(scheduler)).slice(1), keyed)
})

test('manifests that are applied at once leave what one of them says', async (t) => {
  const [one, two] = await createTestDatabases(t, 2)
  const { scheduler } = await createTestScheduler(t, { db: one })
  const { scheduler: other } = await createTestScheduler(t, { db: two ?? one })
  const keys = Array.from({ length: 12 }, (_, index) => `k${index}`)
  const forwards = keys.map((key) => job(key, { name: 'forwards' }))
  const backwards = keys.toReversed().map((key) => job(key, { name: 'backwards' }))
  for (const names of [['forwards', 'backwards'], ['backwards']]) {
    await Promise.all([
      scheduler.apply({ jobs: forwards }),
      ...(names.length > 1 ? [other.apply({ jobs: backwards })] : [])
    ])
    const left = new Set((await scheduler.listJobs()).map(({ name }) => name))
    t.equal(left.size, 1, [...left].join())
  }
  t.equal(await scheduler.countJobs(), 12)
})
