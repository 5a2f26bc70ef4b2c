import { cancelRuns, listCancelRequests, listUnfinishedRuns } from '../../src/store/cancel-runs.ts'
import { claimRuns, type Claim } from '../../src/store/claim-runs.ts'
import type { Db } from '../../src/store/db.ts'
import { advanceJobs, listDueJobs, summarizeJobs } from '../../src/store/due-jobs.ts'
import { insertRuns } from '../../src/store/insert-runs.ts'
import { findJob, updateJobState } from '../../src/store/jobs.ts'
import { listAvailableLevels, listDueLevels } from '../../src/store/levels.ts'
import { findRun, listRuns, type RunFilter } from '../../src/store/list-runs.ts'
import {
  countQueuedRuns,
  listActiveRuns,
  promoteQueuedRuns,
  supersedeQueuedRuns
} from '../../src/store/occupancy.ts'
import { findSignals, listDeadOwners, stopReplica } from '../../src/store/replicas.ts'
import { retryRun } from '../../src/store/retry-run.ts'
import { findRunDefinition } from '../../src/store/run-definition.ts'
import { settleRuns, type Settlement } from '../../src/store/settle-runs.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { test, testOnServers } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, changeRun, newRun, runColumns } from '../helpers/rows.ts'
import { createTestDatabase, createTestDatabases } from '../helpers/scheduler.ts'

const ended: Omit<Settlement, 'id'> = {
  attempt: 1,
  state: 'succeeded',
  reason: null,
  availableAt: null,
  finishedAt: 3_000,
  result: null,
  error: null,
  attempts: null
}

const settle = (db: Db, owner: number, settlements: readonly Settlement[]) =>
  inTransaction(db, (trx) => settleRuns(trx, owner, settlements))

/** Claims everything at 9,000, unless it is told otherwise. */
async function claim(db: Db, replica: number, more: Partial<Claim> = {}) {
  const handlers = more.handlers ?? []
  const levels = await listAvailableLevels(db, handlers)
  const parts = { replica, now: 9_000, limit: 100, handlers, levels, ...more }
  return inTransaction(db, (trx) => claimRuns(trx, parts))
}

test('every column of a record is what was given, whatever its state', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db, "the 'one'")
  const [running = 0, pending = 0, waiting = 0, missed = 0] = await addRuns(
    db,
    [
      newRun(job, { scheduledFor: 1, state: 'running', exclusive: true, delayMs: 90 * 86_400_000 }),
      newRun(job, {
        scheduledFor: 2,
        availableAt: 4_000_000_000_000,
        handler: "it's",
        priority: -100
      }),
      newRun(job, { scheduledFor: 3, waiting: true, exclusive: true, params: '"\\u0000🎠\\\\"' }),
      newRun(job, { scheduledFor: 4, state: 'missed', reason: 'down', rangeTo: 9, occurrences: 5 })
    ],
    replica
  )
  const none = {
    job_id: job,
    job_version: 1,
    seq: 0,
    cause: 'schedule',
    reason: null,
    attempt: 0,
    owner: null,
    replica: null,
    available_at: null,
    active_key: null,
    queue_key: null,
    cancel_requested_at: null,
    cancel_reason: null,
    priority: 0,
    handler: null,
    params: null,
    range_to: null,
    occurrences: 1,
    delay_ms: 0,
    queued_at: 2_000,
    started_at: null,
    finished_at: null,
    result: null,
    error: null,
    attempts: null,
    replica_name: null
  }
  t.strictSame(await findRun(db, running), {
    ...none,
    id: running,
    scheduled_for: 1,
    state: 'running',
    attempt: 1,
    owner: replica,
    replica,
    active_key: job,
    delay_ms: 90 * 86_400_000,
    started_at: 2_000,
    replica_name: "the 'one'"
  })
  t.strictSame(await findRun(db, pending), {
    ...none,
    id: pending,
    scheduled_for: 2,
    state: 'pending',
    available_at: 4_000_000_000_000,
    handler: "it's",
    priority: -100
  })
  t.strictSame(await findRun(db, waiting), {
    ...none,
    id: waiting,
    scheduled_for: 3,
    state: 'pending',
    queue_key: job,
    params: '"\\u0000🎠\\\\"'
  })
  t.strictSame(await findRun(db, missed), {
    ...none,
    id: missed,
    scheduled_for: 4,
    state: 'missed',
    reason: 'down',
    range_to: 9,
    occurrences: 5,
    finished_at: 2_000
  })
  t.equal(await findRun(db, 99), undefined)
})

test('an occurrence that has its record keeps it, and only what is new is told', async (t) => {
  const db = await createTestDatabase(t)
  const [job, other] = [await addJob(db), await addJob(db)]
  const first = await inTransaction(db, (trx) =>
    insertRuns(trx, [newRun(job), newRun(other)], { now: 1, replica: null })
  )
  t.equal(first.length, 2)
  const again = await inTransaction(db, (trx) =>
    insertRuns(
      trx,
      [
        newRun(job, { state: 'missed' }),
        newRun(job, { scheduledFor: 2_000 }),
        newRun(job, { seq: 1 })
      ],
      { now: 2, replica: null }
    )
  )
  t.strictSame(
    again.map((row) => row.scheduled_for).toSorted((a, b) => a - b),
    [1_000, 2_000]
  )
  t.match(await runColumns(db, 'state'), [{ state: 'pending' }, {}, {}, {}])
  t.equal((await runColumns(db, 'id')).length, 4)
  const known = [newRun(job), newRun(other)]
  t.strictSame(await addRuns(db, known), [], 'all known')
  t.strictSame(await addRuns(db, []), [])
})

test('a batch of any size is written, alike in all columns or in none', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  for (const count of [1, 2, 1_500]) {
    const alike = Array.from({ length: count }, (_, index) =>
      newRun(job, { scheduledFor: count * 10_000 + index })
    )
    t.equal((await addRuns(db, alike)).length, count)
  }
  const varied = Array.from({ length: 50 }, (_, index) =>
    newRun(job, {
      scheduledFor: index,
      params: index % 2 === 0 ? null : `{"n":${index},"s":"a'b\\"c\\\\d{}"}`,
      handler: index % 3 === 0 ? null : `h${index}, "x"`,
      availableAt: index % 5 === 0 ? null : index,
      state: index % 7 === 0 ? 'skipped' : 'pending',
      priority: (index % 3) - 1
    })
  )
  await addRuns(db, varied)
  const stored = await db.query
    .selectFrom('carillon_runs')
    .select(['scheduled_for', 'params', 'handler', 'state', 'priority'])
    .where('scheduled_for', '<', 50)
    .orderBy('scheduled_for')
    .execute()
  t.strictSame(
    stored,
    varied.map(({ scheduledFor, params, handler, state, priority }) => ({
      scheduled_for: scheduledFor,
      params,
      handler,
      state,
      priority
    }))
  )
})

test('claiming takes what may start: by priority, then the longest waiting, up to the limit', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = await addRuns(db, [
    newRun(job, { scheduledFor: 1, availableAt: 5_000 }),
    newRun(job, { scheduledFor: 2, availableAt: 4_000 }),
    newRun(job, { scheduledFor: 3, availableAt: 6_000, priority: 5 }),
    newRun(job, { scheduledFor: 4, availableAt: 9_001, priority: 9 }),
    newRun(job, { scheduledFor: 5, availableAt: 1_000, handler: 'other' }),
    newRun(job, { scheduledFor: 6, availableAt: 8_000, handler: "mine 'x'" })
  ])
  t.strictSame(await listAvailableLevels(db, []), [
    { priority: 9, at: 9_001 },
    { priority: 5, at: 6_000 },
    { priority: 0, at: 4_000 }
  ])
  t.match(await listAvailableLevels(db, null), [{}, {}, { priority: 0, at: 1_000 }])
  const first = await claim(db, replica, { limit: 2 })
  t.strictSame(first, [
    {
      id: c,
      job_id: job,
      job_version: 1,
      scheduled_for: 3,
      delay_ms: 0,
      cause: 'schedule',
      attempt: 1,
      active_key: null,
      params: null,
      attempts: null,
      queued_at: 2_000,
      job_name: 'job',
      target: 'log',
      definition: (await findJob(db, job))?.definition
    },
    { ...first[1], id: b }
  ])
  t.strictSame(
    (await claim(db, replica)).map((run) => run.id),
    [a]
  )
  t.strictSame(
    (await claim(db, replica, { handlers: ["mine 'x'", 'more'] })).map((run) => run.id),
    [f]
  )
  t.strictSame(await claim(db, replica), [])
  t.strictSame(
    (await claim(db, replica, { now: 9_001 })).map((run) => run.id),
    [d]
  )
  t.match(await findRun(db, e), { state: 'pending', owner: null })
  t.match(await findRun(db, b), {
    state: 'running',
    owner: replica,
    replica,
    attempt: 1,
    started_at: 9_000,
    available_at: null
  })
  t.equal((await findJob(db, job))?.running, 5)
})

test('a replica that has stopped, or is none, claims nothing', async (t) => {
  const db = await createTestDatabase(t)
  const replica = await addReplica(db)
  await addRuns(db, [newRun(await addJob(db))])
  t.strictSame(await claim(db, 99), [])
  await stopReplica(db, replica, { now: 1 })
  t.strictSame(await claim(db, replica), [])
})

testOnServers('a replica cannot be taken for dead while it claims', async (t) => {
  const [db, other = db] = await createTestDatabases(t, 2)
  const replica = await addReplica(db)
  await addRuns(db, [newRun(await addJob(db))])
  const levels = await listAvailableLevels(db, [])
  const order: string[] = []
  const claimed = Promise.withResolvers<void>()
  const release = Promise.withResolvers<void>()
  const claiming = inTransaction(db, async (trx) => {
    await claimRuns(trx, { replica, now: 9_000, limit: 1, handlers: [], levels })
    claimed.resolve()
    await release.promise
    order.push('claimed')
  })
  await claimed.promise
  const stopping = stopReplica(other, replica, { now: 1 }).then(() => order.push('stopped'))
  await new Promise((resolve) => setTimeout(resolve, 100))
  release.resolve()
  await Promise.all([claiming, stopping])
  t.strictSame(order, ['claimed', 'stopped'])
  t.strictSame(await listDeadOwners(db), [replica], 'whoever looks now sees what it holds')
})

test('a claimed run works on the definition that it was recorded under', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db, { name: 'new' })
  const replica = await addReplica(db)
  const version = { job_id: job, version: 7, definition: '{"name":"old"}', replaced_at: 1 }
  await db.query.insertInto('carillon_job_versions').values(version).execute()
  await addRuns(db, [
    newRun(job, { jobVersion: 7 }),
    newRun(job, { scheduledFor: 2, jobVersion: 1 })
  ])
  const definitions = (await claim(db, replica)).map((run) => run.definition)
  t.match(definitions, [/old/, /new/])
})

test('a result counts for the replica that holds the run, under its claim, and once', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const [replica, other] = [await addReplica(db), await addReplica(db)]
  const [a = 0, b = 0, c = 0] = await addRuns(
    db,
    [1, 2, 3].map((at) => newRun(job, { scheduledFor: at, state: 'running' })),
    replica
  )
  await changeRun(db, b, { attempt: 2 })
  await changeRun(db, c, { owner: other })
  const accepted = await settle(db, replica, [
    { ...ended, id: a, result: '{"a":1}' },
    { ...ended, id: b },
    { ...ended, id: c },
    { ...ended, id: 999 }
  ])
  t.strictSame([...accepted], [[a, { state: 'succeeded', reason: null }]])
  t.strictSame(await runColumns(db, 'state', 'owner', 'result', 'finished_at', 'replica'), [
    { state: 'succeeded', owner: null, result: '{"a":1}', finished_at: 3_000, replica },
    { state: 'running', owner: replica, result: null, finished_at: null, replica },
    { state: 'running', owner: other, result: null, finished_at: null, replica }
  ])
  t.equal((await settle(db, replica, [{ ...ended, id: a, state: 'failed' }])).size, 0, 'once')
  t.equal((await settle(db, replica, [{ ...ended, id: b, attempt: 2 }])).size, 1)
})

test('a run that is tried again keeps its attempts, its place, and starts no earlier', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const [id = 0] = await addRuns(db, [newRun(job, { state: 'running', exclusive: true })], replica)
  const attempts = '[{"attempt":1,"error":"x\'y"}]'
  const again = {
    ...ended,
    id,
    state: 'pending',
    reason: 'retry',
    availableAt: 8_000,
    attempts
  } as const
  t.strictSame(
    [...(await settle(db, replica, [again]))],
    [[id, { state: 'pending', reason: 'retry' }]]
  )
  t.match(await findRun(db, id), {
    state: 'pending',
    reason: 'retry',
    available_at: 8_000,
    active_key: job,
    owner: null,
    finished_at: null,
    attempts
  })
  await claim(db, replica)
  t.match(await findRun(db, id), { attempt: 2, reason: null, state: 'running', attempts })
  await settle(db, replica, [{ ...ended, id, attempt: 2, state: 'failed', error: '{"code":"x"}' }])
  t.match(await findRun(db, id), {
    state: 'failed',
    active_key: null,
    attempts,
    error: '{"code":"x"}'
  })
})

test('a run that was to be cancelled does not go back to pending', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const [a = 0, b = 0] = await addRuns(
    db,
    [1, 2].map((at) => newRun(job, { scheduledFor: at, state: 'running' })),
    replica
  )
  await inTransaction(db, (trx) => cancelRuns(trx, [a, b], { now: 2_500, reason: 'replaced' }))
  const accepted = await settle(db, replica, [
    { ...ended, id: a, state: 'pending', reason: 'retry', availableAt: 9_000 },
    { ...ended, id: b }
  ])
  t.strictSame(
    [accepted.get(a), accepted.get(b)],
    [
      { state: 'cancelled', reason: 'replaced' },
      { state: 'succeeded', reason: null }
    ]
  )
  t.match(await findRun(db, a), {
    state: 'cancelled',
    reason: 'replaced',
    available_at: null,
    finished_at: 3_000
  })
})

test('results come back as they were, up to the largest and whatever they hold', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const values: unknown[] = [
    'x'.repeat(65_534),
    '🎠'.repeat(16_000),
    '\u0000\u0001\u001f\u007f\u2028',
    '\ud800 alone',
    `'"\\\`{}[],%_!$1?:a`,
    '\\'.repeat(10_000),
    { a: [null, true, 1.5, 'null', { '': '' }] },
    'trailing   ',
    null
  ]
  const runs = values.map((_, index) => newRun(job, { scheduledFor: index, state: 'running' }))
  const ids = await addRuns(db, runs, replica)
  const results = values.map((value) => JSON.stringify(value))
  const all = ids.map((id, index) => ({
    ...ended,
    id,
    result: results[index] ?? null,
    error: results[index] ?? null
  }))
  t.equal((await settle(db, replica, all)).size, ids.length)
  t.strictSame(
    (await runColumns(db, 'result')).map((row) => row['result']),
    results
  )
  t.strictSame(
    (await runColumns(db, 'error')).map((row) => row['error']),
    results
  )
})

test('cancelling ends what waits, asks for the end of what runs, and tells its replica', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const [pending = 0, queued = 0, running = 0, done = 0] = await addRuns(
    db,
    [
      newRun(job, { scheduledFor: 1, exclusive: true }),
      newRun(job, { scheduledFor: 2, waiting: true }),
      newRun(job, { scheduledFor: 3, state: 'running' }),
      newRun(job, { scheduledFor: 4, state: 'skipped' })
    ],
    replica
  )
  const ids = [pending, queued, running, done]
  t.strictSame(
    (await listUnfinishedRuns(db, job)).map((run) => run.id).toSorted((a, b) => a - b),
    [pending, queued, running]
  )
  const same = { job_id: job, cause: 'schedule', target: 'log' } as const
  const cancel = (reason: string | null) =>
    inTransaction(db, (trx) => cancelRuns(trx, ids, { now: 2_500, reason }))
  t.strictSame(
    (await cancel("user's")).toSorted((a, b) => a.id - b.id),
    [
      { ...same, id: pending, scheduled_for: 1, state: 'cancelled', owner: null },
      { ...same, id: queued, scheduled_for: 2, state: 'cancelled', owner: null },
      { ...same, id: running, scheduled_for: 3, state: 'running', owner: replica }
    ]
  )
  t.match(await findRun(db, pending), {
    state: 'cancelled',
    reason: "user's",
    available_at: null,
    active_key: null,
    finished_at: 2_500
  })
  t.match(await findRun(db, queued), { state: 'cancelled', queue_key: null })
  t.strictSame(await listCancelRequests(db, replica), [{ id: running, reason: "user's" }])
  t.equal(await findSignals(db, replica), 1)
  t.strictSame(
    (await cancel('later')).map((run) => run.id),
    [running]
  )
  t.strictSame(
    await listCancelRequests(db, replica),
    [{ id: running, reason: "user's" }],
    'the first'
  )
  t.equal(await findSignals(db, replica), 2)
  t.strictSame(await inTransaction(db, (trx) => cancelRuns(trx, [], { now: 1, reason: null })), [])
})

test('the oldest waiting run goes ahead where none is active, one of a backfill last', async (t) => {
  const db = await createTestDatabase(t)
  const [free, busy, filled] = [await addJob(db), await addJob(db), await addJob(db)]
  const replica = await addReplica(db)
  const waiting = { waiting: true, exclusive: true }
  const fill = { ...waiting, seq: 1, cause: 'backfill' } as const
  await addRuns(db, [newRun(busy, { state: 'running', exclusive: true })], replica)
  await addRuns(db, [
    newRun(free, { ...fill, scheduledFor: 1 }),
    newRun(free, { ...waiting, scheduledFor: 2 }),
    newRun(free, { ...waiting, scheduledFor: 3 }),
    newRun(busy, { ...waiting, scheduledFor: 2 }),
    newRun(filled, { ...fill, scheduledFor: 1 }),
    newRun(filled, { ...fill, scheduledFor: 2 })
  ])
  const jobs = [free, busy, filled, 99]
  t.strictSame(
    (await countQueuedRuns(db, jobs)).toSorted((a, b) => a.job_id - b.job_id),
    [
      { job_id: free, queued: 2 },
      { job_id: busy, queued: 1 }
    ]
  )
  t.match(await listActiveRuns(db, jobs), [{ job_id: busy, state: 'running', owner: replica }])
  await inTransaction(db, (trx) => promoteQueuedRuns(trx, jobs, 7_000))
  const ahead = async () =>
    (await runColumns(db, 'job_id', 'scheduled_for', 'available_at', 'queue_key', 'active_key'))
      .filter((row) => row['available_at'] !== null)
      .map((row) => [
        row['job_id'],
        row['scheduled_for'],
        row['available_at'],
        row['active_key'],
        row['queue_key']
      ])
  const both = [
    [free, 2, 7_000, free, null],
    [filled, 1, 7_000, filled, null]
  ]
  t.strictSame(await ahead(), both)
  await inTransaction(db, (trx) => promoteQueuedRuns(trx, jobs, 8_000))
  t.equal((await ahead()).length, 2, 'they are active now')
})

test('what waited goes ahead no earlier than it is due by the clock of who lets it', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  await addRuns(db, [
    newRun(job, { waiting: true, exclusive: true, scheduledFor: 7_000, delayMs: 500 })
  ])
  await inTransaction(db, (trx) => promoteQueuedRuns(trx, [job], 6_000))
  t.match(await runColumns(db, 'available_at'), [{ available_at: 7_500 }])
})

test('waiting runs give way to a newer one, but those of a backfill stay', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const waiting = { waiting: true, exclusive: true }
  const [plain = 0, fill = 0] = await addRuns(db, [
    newRun(job, { ...waiting, scheduledFor: 1 }),
    newRun(job, { ...waiting, scheduledFor: 2, seq: 1, cause: 'backfill' })
  ])
  const at = { now: 7_000, replica: null }
  t.strictSame(await inTransaction(db, (trx) => supersedeQueuedRuns(trx, [job], at)), [
    { job_id: job, scheduled_for: 1 }
  ])
  t.match(await findRun(db, plain), {
    state: 'skipped',
    reason: 'overlap',
    queue_key: null,
    finished_at: 7_000
  })
  t.match(await findRun(db, fill), { state: 'pending', queue_key: job })
})

test('a job has no two active runs', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  await addRuns(db, [newRun(job, { exclusive: true })])
  const second = addRuns(db, [newRun(job, { exclusive: true, scheduledFor: 2 })])
  await second.then(
    () => t.fail('it was recorded'),
    (error: unknown) => t.ok(db.dialect.isDuplicate(error))
  )
  t.equal((await runColumns(db, 'id')).length, 1)
})

test('due jobs come by priority and then the longest due, and are moved on', async (t) => {
  const db = await createTestDatabase(t)
  const ids = [
    await addJob(db, {}, 3_000),
    await addJob(db, {}, 2_000),
    await addJob(db, { priority: 8 }, 2_500),
    await addJob(db, { priority: 9 }, 6_000),
    await addJob(db, { priority: -1 }, 1)
  ]
  const [a = 0, b = 0, c = 0] = ids
  const levels = await listDueLevels(db)
  t.strictSame(levels, [
    { priority: 9, at: 6_000 },
    { priority: 8, at: 2_500 },
    { priority: 0, at: 2_000 },
    { priority: -1, at: 1 }
  ])
  const due = (limit: number) =>
    inTransaction(db, (trx) => listDueJobs(trx, { now: 5_000, limit, levels }))
  t.strictSame(
    (await due(3)).map((job) => job.id),
    [c, b, a]
  )
  t.equal((await due(10)).length, 4)
  t.strictSame(Object.keys((await due(1))[0] ?? {}).length, 9)
  await updateJobState(db, b, {
    state: 'paused',
    pause_reason: 'x',
    paused_at: 1,
    paused_until: 2_000
  })
  await inTransaction(db, (trx) =>
    advanceJobs(trx, [
      { id: a, nextRunAt: 7_000, runs: 2, skipNext: 1, resumed: false },
      { id: b, nextRunAt: 8_000, runs: 0, skipNext: 0, resumed: true },
      { id: c, nextRunAt: null, runs: 1, skipNext: 0, resumed: false }
    ])
  )
  const rest = { pause_reason: null, paused_at: null, paused_until: null }
  t.match(await findJob(db, a), {
    next_run_at: 7_000,
    scheduled_runs: 2,
    skip_next: 1,
    state: 'enabled',
    ...rest
  })
  t.match(await findJob(db, b), {
    next_run_at: 8_000,
    scheduled_runs: 0,
    state: 'enabled',
    ...rest
  })
  t.match(await findJob(db, c), {
    next_run_at: null,
    scheduled_runs: 1,
    state: 'finished',
    ...rest
  })
  await inTransaction(db, (trx) => advanceJobs(trx, []))
})

test('what ended is told to the job: the last outcome, and failures in a row', async (t) => {
  const db = await createTestDatabase(t)
  const [a, b] = [await addJob(db), await addJob(db)]
  const failed = {
    lastRunAt: 5,
    lastOutcome: 'failed',
    lastSuccessAt: null,
    failures: 2,
    reset: false
  } as const
  await inTransaction(db, (trx) =>
    summarizeJobs(trx, [
      { id: a, ...failed },
      { id: b, ...failed }
    ])
  )
  await inTransaction(db, (trx) => summarizeJobs(trx, [{ id: a, ...failed }]))
  t.match(await findJob(db, a), {
    last_run_at: 5,
    last_outcome: 'failed',
    last_success_at: null,
    consecutive_failures: 4
  })
  const good = {
    id: a,
    lastRunAt: 6,
    lastOutcome: 'succeeded',
    lastSuccessAt: 6,
    failures: 0,
    reset: true
  } as const
  await inTransaction(db, (trx) => summarizeJobs(trx, [good]))
  t.match(await findJob(db, a), {
    last_run_at: 6,
    last_outcome: 'succeeded',
    last_success_at: 6,
    consecutive_failures: 0
  })
  await inTransaction(db, (trx) => summarizeJobs(trx, [{ ...failed, id: a, failures: 1 }]))
  t.match(await findJob(db, a), { last_success_at: 6, consecutive_failures: 1 })
  t.match(await findJob(db, b), { consecutive_failures: 2 })
})

test('runs are listed by every filter, alone and together, page by page', async (t) => {
  const db = await createTestDatabase(t)
  const [job, other] = [await addJob(db), await addJob(db)]
  const replica = await addReplica(db)
  const states = [
    'pending',
    'running',
    'succeeded',
    'failed',
    'cancelled',
    'skipped',
    'missed'
  ] as const
  const ids: number[] = []
  for (const [index, state] of states.entries()) {
    for (const jobId of [job, other]) {
      const run = newRun(jobId, {
        scheduledFor: 1_000 * index,
        state: state === 'running' ? 'running' : 'pending',
        cause: jobId === job ? 'schedule' : 'manual',
        seq: jobId === job ? 0 : 5
      })
      const [id = 0] = await addRuns(db, [run], replica)
      if (state !== 'running' && state !== 'pending')
        await changeRun(db, id, { state, available_at: null })
      ids.push(id)
    }
  }
  const [queued = 0] = await addRuns(db, [newRun(job, { scheduledFor: 9_000, waiting: true })])
  const list = async (filter: RunFilter) =>
    (await listRuns(db, { filter, after: null, limit: 100 })).map((run) => run.id)
  const newest = [queued, ...ids.toReversed()]
  t.strictSame(await list({}), newest)
  for (const [index, state] of states.entries()) {
    const pair = [ids[2 * index + 1] ?? 0, ids[2 * index] ?? 0]
    t.strictSame(await list({ state }), state === 'pending' ? [queued, ...pair] : pair, state)
    t.strictSame(await list({ state, cause: 'manual' }), pair.slice(0, 1), state)
    t.strictSame(await list({ state, jobId: other }), pair.slice(0, 1), state)
  }
  t.strictSame(await list({ from: 2_000, to: 3_000 }), [ids[5], ids[4]])
  t.strictSame(await list({ jobId: job, from: 2_000, to: 3_000 }), [ids[4]])
  const page = async (filter: RunFilter, limit: number): Promise<number[]> => {
    const seen: number[] = []
    let after = null
    for (;;) {
      const rows: Awaited<ReturnType<typeof listRuns>> = await listRuns(db, {
        filter,
        after,
        limit
      })
      seen.push(...rows.map((run) => run.id))
      const last = rows.at(-1)
      if (last === undefined) return seen
      after = { scheduledFor: last.scheduled_for, id: last.id }
    }
  }
  t.strictSame(await page({}, 4), newest)
  t.strictSame(await page({ state: 'pending' }, 1), [queued, ids[1], ids[0]])
  await addRuns(
    db,
    [2, 3, 4].map((seq) => newRun(job, { seq, cause: 'manual', scheduledFor: 3_000 }))
  )
  t.strictSame(await page({ jobId: job }, 2), await list({ jobId: job }))
  t.equal((await list({ jobId: job })).length, 11)
})

test('a run that failed can be claimed once more, with its attempts and a higher token', async (t) => {
  const db = await createTestDatabase(t)
  const job = await addJob(db)
  const replica = await addReplica(db)
  const runs = [1, 2].map((at) => newRun(job, { scheduledFor: at, state: 'running' }))
  const [failed = 0, succeeded = 0] = await addRuns(db, runs, replica)
  const results = { result: '1', error: '{"code":"x"}' }
  await settle(db, replica, [
    { ...ended, ...results, id: failed, state: 'failed' },
    { ...ended, id: succeeded }
  ])
  t.equal(await findRunDefinition(db, failed), (await findJob(db, job))?.definition)
  const attempts = '[{"attempt":1}]'
  for (const id of [failed, succeeded]) {
    const retry = { now: 4_000, exclusive: true, reason: 'retry_requested', attempts }
    await inTransaction(db, (trx) => retryRun(trx, id, retry))
  }
  t.match(await findRun(db, failed), {
    state: 'pending',
    reason: 'retry_requested',
    available_at: 4_000,
    active_key: job,
    finished_at: null,
    result: null,
    error: null,
    attempts
  })
  t.match(await findRun(db, succeeded), { state: 'succeeded', attempts: null })
  t.match(await claim(db, replica), [{ id: failed, attempt: 2 }])
})
