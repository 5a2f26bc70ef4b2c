import { sql } from 'kysely'
import type { Caller } from '../../src/domain/caller.ts'
import { listAllChanges, MAX_CHANGES_SEEN } from '../../src/store/all-changes.ts'
import { MAX_CHANGES_KEPT, pruneChanges } from '../../src/store/prune-changes.ts'
import { test } from '../helpers/on-every-database.ts'
import { addJob } from '../helpers/rows.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'

const ANN: Caller = { actor: 'ann', address: '192.0.2.7' }
const SCHEDULER = { actor: 'scheduler', address: null }
const YEARLY = { name: 'audited', schedule: '@yearly' }
const NOWHERE = { ...YEARLY, target: { type: 'handler', name: 'nowhere' } } as const

test('whatever is done to a job is noted in the name of who asked, and told after the commit', async (t) => {
  const { scheduler, clock, events } = await createTestScheduler(t)
  const ann = scheduler.as(ANN)
  const { id } = await ann.createJob({ ...NOWHERE, key: 'k' })
  await ann.updateJob(id, { timeout: '1h' })
  await ann.replaceJob(id, NOWHERE)
  await ann.putJob('k2', { ...YEARLY, start_date: '2025-01-01T00:00:00Z' })
  await ann.pause(id, { reason: 'why' })
  await ann.resume(id)
  await ann.skip(id, 3)
  const run = await ann.run(id, { params: { secret: 'hidden' } })
  await ann.cancelRun(run.id)
  await ann.retryRun(run.id)
  await ann.cancelRun(run.id)
  const stretch = { from: '2024-12-31T23:00:00+00:00', to: '2025-12-31T00:00:00Z' }
  const { created } = await ann.backfill(id, stretch)
  await ann.backfill(id, stretch)
  await ann.deleteJob(id)
  await clock.advance(1_000)

  const changes = await scheduler.listChanges(id)
  t.strictSame(
    changes.map(({ action }) => action),
    [
      'deleted',
      'backfilled',
      'run_cancelled',
      'run_retried',
      'run_cancelled',
      'run',
      'skipped',
      'resumed',
      'paused',
      'updated',
      'updated',
      'created'
    ],
    'a backfill that finds nothing to do is none'
  )
  for (const { action, actor, address } of changes) t.same({ actor, address }, ANN, action)
  t.strictSame(changes.find(({ action }) => action === 'run')?.detail, {
    run_id: run.id,
    params_given: true
  })
  t.notMatch(JSON.stringify(changes), /hidden/)
  t.match(changes, [
    { version: 3, detail: { name: 'audited', key: null, running: 'cancel' } },
    { detail: { from: '2024-12-31T23:00:00.000Z', to: '2025-12-31T00:00:00.000Z', created } },
    { detail: { run_id: run.id } },
    { detail: { run_id: run.id }, version: 3 }
  ])
  const told = events('job_changed').map(({ change }) => change)
  const all = await scheduler.listAllChanges()
  t.strictSame(told.toReversed(), all.changes)
})

test('without a name, actor and address are null', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { id } = await scheduler.createJob(YEARLY)
  await scheduler.as(ANN).skip(id, 1)
  await scheduler.run(id)
  t.match(await scheduler.listChanges(id), [
    { actor: null, address: null, detail: { params_given: false } },
    ANN,
    { actor: null, address: null }
  ])
})

test('what is refused, undone or a dry run is neither noted nor told', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  const ann = scheduler.as(ANN)
  const { id } = await ann.createJob(NOWHERE)
  const run = await ann.run(id)
  const count = events('job_changed').length
  await ann.dryRun.pause(id)
  await ann.dryRun.run(id, { overlap: 'allow' })
  await t.rejects(ann.run(id), { code: 'run_active' })
  await t.rejects(ann.retryRun(run.id), { code: 'run_not_finished' })
  await t.rejects(
    ann.together(async (operations) => {
      await operations.skip(id, 1)
      throw new Error('no')
    })
  )
  t.equal(events('job_changed').length, count)
  t.equal((await ann.listChanges(id)).length, count)
})

test('bulk, a manifest and parts of a transaction are in the name of who asked for the whole', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  const ann = scheduler.as(ANN)
  for (const key of ['a', 'b']) await scheduler.createJob({ ...YEARLY, key })
  await ann.bulk({ filter: { all: true }, action: 'pause' })
  await ann.apply({ jobs: [{ ...YEARLY, key: 'a', name: 'other' }], prune: true })
  await ann.together(async (operations) => {
    await operations.skip(1, 1)
    await operations.as({ actor: 'bob', address: null }).skip(1, 2)
    t.equal(events('job_changed').length, 6, 'nothing is told before the commit')
  })
  const { changes } = await scheduler.listAllChanges()
  t.strictSame(
    changes.map(({ job_id: jobId, action, actor }) => [jobId, action, actor]),
    [
      [1, 'skipped', 'bob'],
      [1, 'skipped', 'ann'],
      [2, 'deleted', 'ann'],
      [1, 'updated', 'ann'],
      [2, 'paused', 'ann'],
      [1, 'paused', 'ann'],
      [2, 'created', null],
      [1, 'created', null]
    ]
  )
  t.equal(events('job_changed').length, 8)
  t.match(changes[2]?.detail, { key: 'b' }, 'a deleted job can be known')
})

test('what is carried out once is noted once, in the name of who asked', async (t) => {
  const { scheduler, events } = await createTestScheduler(t)
  const { id } = await scheduler.createJob(YEARLY)
  const request = { caller: 'ann', as: ANN, key: 'k', content: 'skip' }
  for (let times = 0; times < 2; times++) {
    await scheduler.once(request, async (operations) => {
      await operations.skip(id, 1)
      return { status: 200, headers: {}, body: '{}' }
    })
  }
  t.match(await scheduler.listChanges(id), [{ ...ANN, action: 'skipped' }, { action: 'created' }])
  t.equal(events('job_changed').length, 2)
})

test('what the scheduler does to a job by itself is noted in its own name', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t)
  const { id } = await scheduler.as(ANN).createJob({ name: 'own', repeat_interval: '10s' })
  await scheduler.as(ANN).pause(id, { until: '2026-01-01T00:00:05Z' })
  await clock.advance(6_000)
  await database.query.updateTable('carillon_jobs').set({ definition: '{' }).execute()
  await clock.advance(6_000)
  t.match(await scheduler.listChanges(id, { limit: 2 }), [
    { ...SCHEDULER, action: 'paused', detail: { reason: /cannot be used/ } },
    { ...SCHEDULER, action: 'resumed', detail: null }
  ])
  t.match(
    events('job_changed').map(({ change }) => change.actor),
    ['ann', 'ann', 'scheduler', 'scheduler']
  )
})

test('changes of all jobs are read by page and by who, what and which job', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const jobs = [await scheduler.createJob(YEARLY), await scheduler.as(ANN).createJob(YEARLY)]
  const [one = 0, other = 0] = jobs.map(({ id }) => id)
  await scheduler.as(ANN).skip(one, 1)
  await scheduler.skip(other, 1)
  const idsOf = async (page: Parameters<typeof scheduler.listAllChanges>[0]) => {
    const { changes, nextBeforeId } = await scheduler.listAllChanges(page)
    return [...changes.map(({ id }) => id), nextBeforeId]
  }
  t.strictSame(await idsOf({}), [4, 3, 2, 1, null])
  t.strictSame(await idsOf({ limit: 3 }), [4, 3, 2, 2])
  t.strictSame(await idsOf({ limit: 3, beforeId: 2 }), [1, null])
  t.strictSame(await idsOf({ limit: 4 }), [4, 3, 2, 1, null])
  t.strictSame(await idsOf({ filter: { actor: 'ann' } }), [3, 2, null])
  t.strictSame(await idsOf({ filter: { action: 'skipped' } }), [4, 3, null])
  t.strictSame(await idsOf({ filter: { jobId: one } }), [3, 1, null])
  t.strictSame(await idsOf({ filter: { jobId: one, action: 'created', actor: 'ann' } }), [null])
  t.strictSame(
    (await scheduler.listChanges(one, { action: 'created' })).map(({ id }) => id),
    [1]
  )
})

test('a page looks through so many changes at most, and says where it stopped', async (t) => {
  const db = await createTestDatabase(t)
  const digits = sql`(select 0 as d union all select 1 union all select 2 union all select 3
    union all select 4 union all select 5 union all select 6 union all select 7
    union all select 8 union all select 9)`
  // A tenth more than a page looks through, of which the first alone is wanted.
  const row = { job_id: 1, at: 0, action: 'run', actor: 'ann', version: 1, detail: null }
  await db.query.insertInto('carillon_changes').values(row).execute()
  await sql`
    insert into carillon_changes (job_id, at, action, version)
    select 1, 0, 'run', 1 from ${digits} as a cross join ${digits} as b cross join ${digits} as c
      cross join ${digits} as d cross join (select 1 as x union all select 2) as e
  `.execute(db.query)
  const filter = { actor: 'ann' }
  const first = await listAllChanges(db, { filter, beforeId: null, limit: 10 })
  t.equal(first.rows.length, 0)
  t.type(first.nextBeforeId, 'number')
  const second = await listAllChanges(db, { filter, beforeId: first.nextBeforeId, limit: 10 })
  t.equal(second.rows.length, 0)
  const third = await listAllChanges(db, { filter, beforeId: second.nextBeforeId, limit: 10 })
  t.match(third, { rows: [{ actor: 'ann' }], nextBeforeId: null })
  t.equal(MAX_CHANGES_SEEN, 10_000)
})

test('a job that is run by hand once a second keeps what was done to it, and forgets the runs', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const rows = (action: string, count: number, at: number) =>
    Array.from({ length: count }, () => ({
      job_id: job,
      at,
      action,
      actor: null,
      version: 1,
      detail: null
    }))
  const insert = (values: ReturnType<typeof rows>) =>
    db.query.insertInto('carillon_changes').values(values).execute()
  await insert([...rows('created', 1, 0), ...rows('paused', 1, 0), ...rows('run', 3, 0)])
  await insert(rows('run', MAX_CHANGES_KEPT + 5, 9_000))
  const pruneAll = async (): Promise<number> => {
    let [afterId, total] = [0, 0]
    do {
      const pruned = await pruneChanges(db, { before: 5_000, afterId, limit: 200 })
      afterId = pruned.nextId
      total += pruned.deleted
    } while (afterId !== 0)
    return total
  }
  t.equal(await pruneAll(), 3 + 5)
  const counts = async () =>
    db.query
      .selectFrom('carillon_changes')
      .select(({ fn }) => ['action', fn.countAll<number>().as('count')])
      .groupBy('action')
      .orderBy('action')
      .execute()
  t.strictSame(await counts(), [
    { action: 'created', count: 1 },
    { action: 'paused', count: 1 },
    { action: 'run', count: MAX_CHANGES_KEPT }
  ])
  t.equal(await pruneAll(), 0)
  await insert(rows('updated', MAX_CHANGES_KEPT, 9_000))
  t.equal(await pruneAll(), 2 + MAX_CHANGES_KEPT)
  t.strictSame(await counts(), [{ action: 'updated', count: MAX_CHANGES_KEPT }])
})

test('a stretch of changes that are over is forgotten at once, not slice by slice', async (t) => {
  const { clock, database } = await createTestScheduler(t, {
    retention: { ageMs: 4_000, perJob: 1_000 }
  })
  const row = { job_id: 1, at: clock.now(), action: 'run', actor: null, version: 1, detail: null }
  await database.query
    .insertInto('carillon_changes')
    .values(Array.from({ length: 3_000 }, () => row))
    .execute()
  await clock.advance(70_000)
  const left = await database.query.selectFrom('carillon_changes').select('id').execute()
  t.equal(left.length, 0)
})
