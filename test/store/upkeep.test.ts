import {
  findChange,
  findPauseChanges,
  insertChange,
  listChanges,
  type NewChange
} from '../../src/store/changes.ts'
import { toChange } from '../../src/store/change-codec.ts'
import { insertCommit, pruneCommits, wasCommitted } from '../../src/store/commits.ts'
import { findJob, deleteJob } from '../../src/store/jobs.ts'
import {
  countJobStates,
  findBacklog,
  listObservedJobs,
  listUnfinishedJobs
} from '../../src/store/observe.ts'
import { MAX_CHANGES_KEPT, pruneChanges } from '../../src/store/prune-changes.ts'
import {
  listSurplus,
  pruneLeftovers,
  pruneOldRuns,
  pruneSurplus
} from '../../src/store/prune-runs.ts'
import {
  findSignals,
  listDeadOwners,
  listReplicas,
  renewLease,
  stopReplica
} from '../../src/store/replicas.ts'
import { listHeldRuns, listOwnedRuns } from '../../src/store/rescue-runs.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, changeRun, newRun, runColumns } from '../helpers/rows.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'

test('a lease is renewed while its replica lives, and never again afterwards', async (t) => {
  const db = await createTestDatabase(t)
  const [a, b] = [await addReplica(db, "it's"), await addReplica(db)]
  t.strictSame((await listReplicas(db))[0], {
    id: a,
    name: "it's",
    host: 'h',
    pid: 7,
    version: '0',
    started_at: 1,
    expires_at: 5_000
  })
  t.equal(await renewLease(db, a, { expiresAt: 6_000, passedAt: 5 }), true)
  t.equal(
    await renewLease(db, a, { expiresAt: 6_000, passedAt: 5 }),
    true,
    'to the same instant too'
  )
  t.equal(await renewLease(db, 99, { expiresAt: 6_000, passedAt: null }), false)
  await stopReplica(db, a, { now: 1, seenExpiry: 5_000 })
  t.equal((await listReplicas(db)).length, 2, 'it has renewed since')
  await stopReplica(db, a, { now: 7_000, seenExpiry: 6_000 })
  t.strictSame(
    (await listReplicas(db)).map((replica) => replica.id),
    [b]
  )
  t.equal(await renewLease(db, a, { expiresAt: 9_000, passedAt: null }), false)
  t.equal(await findSignals(db, a), undefined)
  t.equal(await findSignals(db, b), 0)
  t.equal(await inTransaction(db, (trx) => findSignals(trx, b)), 0)
  await stopReplica(db, b, { now: 8_000 })
  await stopReplica(db, b, { now: 9_000 })
  const stopped = db.query.selectFrom('carillon_replicas').select(['stopped_at', 'expires_at'])
  t.strictSame(await stopped.orderBy('id').execute(), [
    { stopped_at: 7_000, expires_at: null },
    { stopped_at: 8_000, expires_at: null }
  ])
})

test('what the dead still hold is found, with all that a rescue needs', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db, { name: "the 'job'", target: { type: 'handler', name: 'x' } })
  const [dead, alive] = [await addReplica(db, 'dead'), await addReplica(db, 'alive')]
  const [a = 0, b = 0] = await addRuns(
    db,
    [1, 2].map((at) => newRun(job, { scheduledFor: at, state: 'running' })),
    dead
  )
  await addRuns(db, [newRun(job, { scheduledFor: 3, state: 'running' })], alive)
  t.strictSame(await listDeadOwners(db), [])
  await stopReplica(db, dead, { now: 1 })
  t.strictSame(await listDeadOwners(db), [dead])
  const held = await listHeldRuns(db, dead, 10)
  t.strictSame(held[0], {
    id: a,
    job_id: job,
    job_name: "the 'job'",
    target: 'handler',
    cause: 'schedule',
    scheduled_for: 1,
    delay_ms: 0,
    attempt: 1,
    started_at: 2_000,
    attempts: null,
    cancel_requested_at: null,
    replica_name: 'dead'
  })
  t.strictSame(
    (await listHeldRuns(db, dead, 1)).map((run) => run.id),
    [a]
  )
  const owned = { job_id: job, attempt: 1, cause: 'schedule', target: 'handler' }
  t.strictSame(
    (await listOwnedRuns(db, dead)).toSorted((x, y) => x.id - y.id),
    [
      { id: a, ...owned, scheduled_for: 1 },
      { id: b, ...owned, scheduled_for: 2 }
    ]
  )
  await db.query.deleteFrom('carillon_jobs').execute()
  t.match(await listHeldRuns(db, dead, 1), [{ job_name: '', target: 'log' }])
  await db.query.deleteFrom('carillon_replicas').where('id', '=', dead).execute()
  t.strictSame(await listDeadOwners(db), [dead], 'even when its row is gone')
})

test('old runs go slice by slice, those that have not ended stay', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const ids = await addRuns(
    db,
    [0, 1, 2, 3, 4, 5].map((at) => newRun(job, { scheduledFor: at, state: 'skipped' }))
  )
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = ids
  await changeRun(db, b, { state: 'pending', finished_at: null })
  await changeRun(db, c, { finished_at: 9_000 })
  await changeRun(db, e, { queued_at: 8_000, finished_at: 8_000 })
  await changeRun(db, f, { queued_at: 8_000, finished_at: 8_000 })
  const prune = (afterId: number) =>
    inTransaction(db, (trx) => pruneOldRuns(trx, { endedBefore: 5_000, afterId, limit: 2 }))
  t.strictSame(await prune(0), { deleted: 1, nextId: b })
  t.strictSame(await prune(b), { deleted: 1, nextId: d })
  t.strictSame(await prune(d), { deleted: 0, nextId: null }, 'the rest is too young')
  t.strictSame(await prune(f), { deleted: 0, nextId: null }, 'the end')
  t.strictSame(
    (await runColumns(db, 'id')).map((row) => row['id']),
    [b, c, e, f]
  )
  t.equal(ids.includes(a), true)
})

test('of each job the newest runs stay, and all of a backfill', async (t) => {
  const db = await createTestDatabase(t)
  const [job, small] = [await addJob(db), await addJob(db)]
  const done = (jobId: number, at: number, more = {}) =>
    newRun(jobId, { scheduledFor: at, state: 'skipped', ...more })
  await addRuns(
    db,
    [1, 2, 3, 4, 5].map((at) => done(job, at))
  )
  await addRuns(
    db,
    [1, 2].map((at) => done(job, at, { seq: 1, cause: 'backfill' }))
  )
  await addRuns(db, [newRun(job, { scheduledFor: 0 }), done(small, 1)])
  const surplus = await listSurplus(db, { afterId: 0, limit: 10, keep: 2 })
  t.strictSame(surplus, [
    { id: job, surplus_until: 3 },
    { id: small, surplus_until: null }
  ])
  t.strictSame(await listSurplus(db, { afterId: job, limit: 10, keep: 0 }), [
    { id: small, surplus_until: 1 }
  ])
  const prune = () => inTransaction(db, (trx) => pruneSurplus(trx, { id: job, surplusUntil: 3 }, 2))
  t.strictSame([await prune(), await prune(), await prune()], [2, 1, 0])
  const left = (await runColumns(db, 'job_id', 'scheduled_for', 'seq')).filter(
    (row) => row['job_id'] === job
  )
  t.strictSame(
    left.map((row) => [row['scheduled_for'], row['seq']]),
    [
      [4, 0],
      [5, 0],
      [1, 1],
      [2, 1],
      [0, 0]
    ]
  )
})

test('replicas and definitions go when nothing needs them any more', async (t) => {
  const db = await createTestDatabase(t)
  const [gone, holding, young, alive] = [
    await addReplica(db),
    await addReplica(db),
    await addReplica(db),
    await addReplica(db)
  ]
  await stopReplica(db, gone, { now: 1_000 })
  await stopReplica(db, holding, { now: 1_000 })
  await stopReplica(db, young, { now: 3_000 })
  const jobs = [await addJob(db), await addJob(db)]
  for (const id of jobs) {
    await inTransaction(db, async (trx) => {
      const job = await findJob(trx, id)
      if (job !== undefined) await deleteJob(trx, job, 1_000)
    })
  }
  await addRuns(db, [newRun(jobs[1] ?? 0, { state: 'running' })], holding)
  const left = async () => [
    (await db.query.selectFrom('carillon_replicas').select('id').orderBy('id').execute()).map(
      (row) => row.id
    ),
    (
      await db.query
        .selectFrom('carillon_job_versions')
        .select('job_id')
        .orderBy('job_id')
        .execute()
    ).map((row) => row.job_id)
  ]
  await pruneLeftovers(db, 1_000, 10)
  t.strictSame(await left(), [[gone, holding, young, alive], jobs])
  await pruneLeftovers(db, 2_000, 10)
  t.strictSame(await left(), [[holding, young, alive], [jobs[1]]])
})

const change: NewChange = {
  jobId: 1,
  at: 1_000,
  action: 'created',
  caller: { actor: 'ann', address: '::1' },
  version: 1,
  detail: null
}

test('changes are read back by page, by kind, and around a pause', async (t) => {
  const db = await createTestDatabase(t)
  const detail = { name: { before: `'a" \\ 🎠`, after: 'nul \u0000' }, list: [1, null] }
  const actions = ['created', 'paused', 'updated', 'resumed', 'paused', 'deleted'] as const
  for (const [index, action] of actions.entries()) {
    const one = { ...change, at: 1_000 * (index + 1), action, version: index }
    await insertChange(db, { ...one, detail: action === 'updated' ? detail : null })
    await insertChange(db, { ...change, jobId: 2, at: 1_500 })
  }
  const ids = async (beforeId: number | null, limit: number) =>
    (await listChanges(db, 1, { beforeId, limit })).map((row) => row.id)
  t.strictSame(await ids(null, 3), [11, 9, 7])
  t.strictSame(await ids(7, 3), [5, 3, 1])
  const updated = (await listChanges(db, 1, { beforeId: 6, limit: 1 })).map(toChange)
  t.match(updated, [
    { id: 5, job_id: 1, action: 'updated', actor: 'ann', address: '::1', version: 2 }
  ])
  t.strictSame(updated[0]?.detail, detail)
  t.equal((await findChange(db, 1, 'created'))?.at, 1_000)
  t.equal((await findChange(db, 1, 'deleted'))?.at, 6_000)
  t.equal(await findChange(db, 3, 'created'), undefined)
  const pauses = async (at: number) => {
    const { last, resumed } = await findPauseChanges(db, 1, at)
    return [last?.id, resumed?.id]
  }
  t.strictSame(await pauses(2_000), [undefined, undefined])
  t.strictSame(await pauses(2_001), [3, 7])
  t.strictSame(await pauses(4_001), [7, undefined])
  t.strictSame(await pauses(9_000), [9, undefined])
})

test('the oldest changes of a job go, and all of a job that was deleted long ago', async (t) => {
  const db = await createTestDatabase(t)
  const [job, gone, young] = [await addJob(db), 50, 60]
  const rows = (jobId: number, count: number, at: number) =>
    Array.from({ length: count }, () => ({
      job_id: jobId,
      at,
      action: 'updated',
      actor: null,
      version: 1,
      detail: null
    }))
  const insert = (values: ReturnType<typeof rows>) =>
    db.query.insertInto('carillon_changes').values(values).execute()
  await insert([...rows(gone, 3, 1_000), ...rows(young, 2, 9_000)])
  await insert(rows(job, MAX_CHANGES_KEPT + 4, 1_000))
  const prune = (afterId: number, limit: number) =>
    inTransaction(db, (trx) => pruneChanges(trx, { before: 5_000, afterId, limit }))
  t.strictSame(await prune(0, 7), { nextId: 7, deleted: 5 })
  t.strictSame(await prune(7, 2_000), { nextId: 0, deleted: 2 })
  const { rows: counts } = {
    rows: await db.query
      .selectFrom('carillon_changes')
      .select(({ fn }) => ['job_id', fn.countAll<number>().as('count')])
      .groupBy('job_id')
      .orderBy('job_id')
      .execute()
  }
  t.strictSame(counts, [
    { job_id: job, count: MAX_CHANGES_KEPT },
    { job_id: young, count: 2 }
  ])
  t.equal((await listChanges(db, job, { beforeId: null, limit: 1 }))[0]?.id, MAX_CHANGES_KEPT + 9)
  t.strictSame(await prune(999_999, 10), { nextId: 0, deleted: 0 })
})

test('what is observed comes as numbers', async (t) => {
  const db = await createTestDatabase(t)
  const [a, b, c] = [
    await addJob(db, {}, 1_000),
    await addJob(db, { priority: 3 }, 500),
    await addJob(db, {}, 9_000)
  ]
  await db.query
    .updateTable('carillon_jobs')
    .set({ state: 'finished', next_run_at: null })
    .where('id', '=', c)
    .execute()
  t.strictSame(await listObservedJobs(db, 10), [
    { id: a, next_run_at: 1_000, last_success_at: null, consecutive_failures: 0 },
    { id: b, next_run_at: 500, last_success_at: null, consecutive_failures: 0 }
  ])
  t.equal((await listObservedJobs(db, 1)).length, 1)
  t.strictSame(
    (await countJobStates(db)).toSorted((x, y) => x.state.localeCompare(y.state)),
    [
      { state: 'enabled', count: 2 },
      { state: 'finished', count: 1 }
    ]
  )
  t.strictSame(await findBacklog(db, 400, 10), { count: 0, oldest_due_at: null })
  t.strictSame(await findBacklog(db, 700, 10), { count: 1, oldest_due_at: 500 })
  await addRuns(
    db,
    [1, 2, 3].map((at) => newRun(a, { scheduledFor: at, availableAt: 300 }))
  )
  t.strictSame(await findBacklog(db, 2_000, 10), { count: 5, oldest_due_at: 300 })
  t.strictSame(await findBacklog(db, 2_000, 2), { count: 4, oldest_due_at: 300 })
  t.strictSame(await listUnfinishedJobs(db, [a, b]), [a])
  t.strictSame(await listUnfinishedJobs(db, []), [])
})

testOnServers('the key of a transaction tells whether it was committed', async (t) => {
  const db = await createTestDatabase(t)
  const key = (index: number) => `00000000-0000-4000-8000-00000000000${index}`
  await inTransaction(db, (trx) => insertCommit(trx, key(1)))
  await db.query
    .transaction()
    .execute(async (query) => {
      await insertCommit({ query, dialect: db.dialect }, key(2))
      throw new Error('undo')
    })
    .catch(() => undefined)
  t.strictSame([await wasCommitted(db, key(1)), await wasCommitted(db, key(2))], [true, false])
  t.strictSame([await wasCommitted(db, key(1)), await wasCommitted(db, key(2))], [true, false])
  await t.rejects(insertCommit(db, key(2)), 'and never can be')
  const count = async () =>
    (await db.query.selectFrom('carillon_commits').selectAll().execute()).length
  const before = await count()
  await pruneCommits(db, 0)
  t.equal(await count(), before)
  await pruneCommits(db, Date.now() + 86_400_000)
  t.equal(await count(), 0)
})
