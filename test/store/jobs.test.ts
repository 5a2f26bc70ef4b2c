import { correctNextRun, listEnabledJobs } from '../../src/store/enabled-jobs.ts'
import {
  findLastRecord,
  findNextRecordAt,
  listRunsAt,
  listVersionsAround
} from '../../src/store/job-history.ts'
import { decodeInput, toJob } from '../../src/store/job-codec.ts'
import {
  deleteJob,
  findJob,
  findJobId,
  lockJobs,
  updateJobDefinition,
  updateJobState
} from '../../src/store/jobs.ts'
import { countJobs, listJobs, type JobFilter } from '../../src/store/list-jobs.ts'
import { findSetting, saveSetting } from '../../src/store/settings.ts'
import { findServerTime } from '../../src/store/server-time.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { kindOf, test, testOnServers } from '../helpers/on-every-database.ts'
import { addJob, addReplica, addRuns, newRun } from '../helpers/rows.ts'
import { createTestDatabase, createTestDatabases } from '../helpers/scheduler.ts'

/** What texts may hold that some database, driver or escaping takes amiss. */
const ODD_TEXTS = [
  `'single' "double" \`back\``,
  'back\\slash \\n \\u0000 \\\\',
  '{"a":[1,"$1 ?",null]} {1,2}',
  'emoji 🎠 and 漢字, ß, é, é',
  '% _ ! %_! $1 ? :a @b',
  ' spaces before and after ',
  '--comment; drop table carillon_jobs; /* x */ #',
  'NULL',
  ''.padEnd(5_000, 'long ')
]

test('a job is read as it was stored, whatever its texts hold', async (t) => {
  const db = await createTestDatabase(t)
  for (const text of ODD_TEXTS) {
    const tags = [text.slice(0, 90), `${text.slice(0, 80)}2`]
    const params = { text, nul: '\u0000', surrogate: '\ud800', deep: [[{ [text]: text }]] }
    const input = { name: text, repeat_interval: '1h', params, tags, priority: -7 }
    const id = await addJob(db, input)
    const row = await findJob(db, id)
    t.match(row, { id, version: 1, name: text, state: 'enabled', priority: -7, running: 0 })
    t.strictSame(decodeInput(row?.definition ?? ''), input)
    await updateJobState(db, id, {
      state: 'paused',
      pause_reason: text,
      paused_at: 1,
      next_run_at: null
    })
    t.match(await findJob(db, id), {
      state: 'paused',
      pause_reason: text,
      paused_at: 1,
      next_run_at: null
    })
    const found = await listJobs(db, {
      filter: { tag: tags[1] ?? '' },
      sort: 'id',
      after: null,
      limit: 10
    })
    t.strictSame(
      found.map((job) => job.id),
      [id]
    )
  }
  t.equal(await findJob(db, 999), undefined)
})

test('every column of a job has the type that it is said to have', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db, { name: 'a', key: 'k' }, 1_800_000_000_000)
  await updateJobState(db, id, { paused_until: 4_000_000_000_000, skip_next: 3 })
  const replica = await addReplica(db)
  await addRuns(db, [newRun(id, { state: 'running' })], replica)
  const row = await findJob(db, id)
  t.strictSame(row, {
    id: 1,
    version: 1,
    name: 'a',
    target: 'log',
    definition: '{"name":"a","repeat_interval":"1h","key":"k"}',
    job_key: 'k',
    state: 'enabled',
    pause_reason: null,
    paused_at: null,
    next_run_at: 1_800_000_000_000,
    last_run_at: null,
    last_outcome: null,
    last_success_at: null,
    consecutive_failures: 0,
    created_at: 500,
    updated_at: 500,
    scheduled_runs: 0,
    paused_until: 4_000_000_000_000,
    skip_next: 3,
    priority: 0,
    running: 1
  })
  if (row !== undefined) t.match(toJob(row), { running: 1, paused: false })
})

test('a key names one job, letter by letter, and is free again with its job', async (t) => {
  const db = await createTestDatabase(t)
  const keys = ['key', 'KEY', 'key ', "k'ey", 'kéy', 'key🎠']
  const ids: number[] = []
  for (const key of keys) ids.push(await addJob(db, { key }))
  for (const [index, key] of keys.entries()) t.equal(await findJobId(db, key), ids[index], key)
  t.equal(await findJobId(db, 'other'), undefined)
  await addJob(db)
  await addJob(db)
  await addJob(db, { key: 'key' }).then(
    () => t.fail('there were two'),
    (error: unknown) => t.ok(db.dialect.isDuplicate(error))
  )
  await inTransaction(db, async (trx) => {
    const job = await findJob(trx, ids[0] ?? 0)
    if (job !== undefined) await deleteJob(trx, job, 1)
  })
  t.equal(await findJobId(db, 'key'), undefined)
  t.equal(await findJobId(db, 'KEY'), ids[1])
})

test('a changed definition keeps the old one, and a deleted job keeps both', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db, { tags: ['old', 'both'] })
  const read = async () => (await findJob(db, id)) ?? t.bailout('no job')
  const change = { state: 'enabled', nextRunAt: 7_000 } as const
  const input = { name: 'new', repeat_interval: '2h', tags: ['both', 'new'], priority: 4 }
  await inTransaction(db, async (trx) => {
    const job = await findJob(trx, id)
    if (job !== undefined) await updateJobDefinition(trx, { job, input, now: 3_000, ...change })
  })
  t.match(await read(), {
    version: 2,
    name: 'new',
    next_run_at: 7_000,
    updated_at: 3_000,
    priority: 4
  })
  const tagged = async (tag: string) =>
    (await listJobs(db, { filter: { tag }, sort: 'id', after: null, limit: 10 })).map(
      (job) => job.id
    )
  t.strictSame([await tagged('old'), await tagged('both'), await tagged('new')], [[], [id], [id]])
  await inTransaction(db, async (trx) => {
    const job = await findJob(trx, id)
    if (job !== undefined) await deleteJob(trx, job, 4_000)
  })
  t.equal(await findJob(db, id), undefined)
  t.strictSame(await tagged('both'), [])
  const versions = await listVersionsAround(db, id, { at: 3_500, limit: 10 })
  t.match(versions, [
    { job_id: id, version: 1, replaced_at: 3_000 },
    { job_id: id, version: 2, replaced_at: 4_000 }
  ])
  t.equal(versions[1]?.definition, JSON.stringify(input))
  t.not(await addJob(db), id, 'an id is never used again')
})

test('versions around an instant are the nearest on both sides, in order', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db)
  for (let now = 1_000; now <= 6_000; now += 1_000) {
    await inTransaction(db, async (trx) => {
      const job = await findJob(trx, id)
      const input = { name: `at ${now}`, repeat_interval: '1h' }
      if (job !== undefined)
        await updateJobDefinition(trx, { job, input, now, state: 'enabled', nextRunAt: 1 })
    })
  }
  const around = async (at: number, limit: number) =>
    (await listVersionsAround(db, id, { at, limit })).map((row) => row.version)
  t.strictSame(await around(3_000, 2), [1, 2, 3, 4])
  t.strictSame(await around(3_001, 1), [3, 4])
  t.strictSame(await around(0, 2), [1, 2])
  t.strictSame(await around(9_000, 2), [5, 6])
})

test('jobs are listed by every filter, alone and together, page by page', async (t) => {
  const db = await createTestDatabase(t)
  const url = { type: 'http', url: 'http://h/' } as const
  const [a, b, c, d] = [
    await addJob(db, { name: 'Alpha 100%', tags: ['x', 'y'] }),
    await addJob(db, { name: 'alpha_beta!', tags: ['x '], target: url }),
    await addJob(db, { name: "BETA \\ 'q' 🎠", tags: ['X'] }),
    await addJob(db, { name: 'gamma', tags: ['x'], target: url })
  ]
  await updateJobState(db, c, { state: 'paused', next_run_at: null })
  await db.query
    .updateTable('carillon_jobs')
    .set({ last_outcome: 'failed' })
    .where('id', '=', d)
    .execute()
  const cases: readonly [filter: JobFilter, ids: number[]][] = [
    [{}, [a, b, c, d]],
    [{ q: 'ALPHA' }, [a, b]],
    [{ q: 'beta' }, [b, c]],
    [{ q: '100%' }, [a]],
    [{ q: '%' }, [a]],
    [{ q: '_' }, [b]],
    [{ q: 'a_b' }, [b]],
    [{ q: '!' }, [b]],
    [{ q: '\\' }, [c]],
    [{ q: "'q'" }, [c]],
    [{ q: '🎠' }, [c]],
    [{ q: 'nothing' }, []],
    [{ tag: 'x' }, [a, d]],
    [{ tag: 'x ' }, [b]],
    [{ tag: 'X' }, [c]],
    [{ tag: 'z' }, []],
    [{ state: 'paused' }, [c]],
    [{ state: 'enabled' }, [a, b, d]],
    [{ target: 'http' }, [b, d]],
    [{ outcome: 'failed' }, [d]],
    [{ q: 'a', tag: 'x', state: 'enabled', target: 'http', outcome: 'failed' }, [d]]
  ]
  for (const [filter, ids] of cases) {
    const rows = await listJobs(db, { filter, sort: 'id', after: null, limit: 100 })
    t.strictSame(
      rows.map((row) => row.id),
      ids,
      JSON.stringify(filter)
    )
    t.equal(await countJobs(db, filter), ids.length)
  }
  const page = async (id: number) =>
    (await listJobs(db, { filter: {}, sort: 'id', after: { id }, limit: 2 })).map((row) => row.id)
  t.strictSame([await page(0), await page(b), await page(d)], [[a, b], [c, d], []])
})

test('jobs with occurrences to come are listed, and corrected unless they have moved on', async (t) => {
  const db = await createTestDatabase(t)
  const ids = [await addJob(db), await addJob(db), await addJob(db)]
  const [first = 0, second = 0, third = 0] = ids
  await updateJobState(db, second, { state: 'paused' })
  const list = (afterId: number) => listEnabledJobs(db, { afterId, limit: 10 })
  t.match(await list(0), [
    { id: first, next_run_at: 1_000, created_at: 500, scheduled_runs: 0 },
    { id: third }
  ])
  t.match(await list(first), [{ id: third }])
  await correctNextRun(db, { id: first, before: 1_000, after: 2_000 })
  await correctNextRun(db, { id: second, before: 1_000, after: 2_000 })
  await correctNextRun(db, { id: third, before: 999, after: 2_000 })
  const next = async () =>
    await db.query
      .selectFrom('carillon_jobs')
      .select(['next_run_at', 'state'])
      .orderBy('id')
      .execute()
  t.strictSame(await next(), [
    { next_run_at: 2_000, state: 'enabled' },
    { next_run_at: 1_000, state: 'paused' },
    { next_run_at: 1_000, state: 'enabled' }
  ])
  await correctNextRun(db, { id: third, before: 1_000, after: null })
  t.match(await next(), [{}, {}, { next_run_at: null, state: 'finished' }])
})

test('the records of a job are found by their instants', async (t) => {
  const db = await createTestDatabase(t)
  const id = await addJob(db)
  await addRuns(db, [
    newRun(id, { scheduledFor: 1_000, state: 'missed', rangeTo: 3_000, occurrences: 3 }),
    newRun(id, { scheduledFor: 2_000, seq: 77, cause: 'manual' }),
    newRun(id, { scheduledFor: 5_000 }),
    newRun(id, { scheduledFor: 5_000, seq: 1, cause: 'backfill' }),
    newRun(id, { scheduledFor: 5_000, seq: 2_147_483_647, cause: 'manual' })
  ])
  t.match(await listRunsAt(db, { jobId: id, at: 5_000, limit: 2 }), [{ seq: 0 }, { seq: 1 }])
  t.equal((await listRunsAt(db, { jobId: id, at: 5_000, limit: 9 }))[2]?.seq, 2_147_483_647)
  t.match(await findLastRecord(db, id, 4_999), {
    scheduled_for: 1_000,
    range_to: 3_000,
    occurrences: 3
  })
  t.equal(await findLastRecord(db, id, 999), undefined)
  t.equal(await findNextRecordAt(db, id, 1_000), 5_000)
  t.equal(await findNextRecordAt(db, id, 5_000), null)
})

test('a setting is saved, replaced and read', async (t) => {
  const db = await createTestDatabase(t)
  t.equal(await findSetting(db, 'zone_data'), undefined)
  for (const value of ["2026a 'quoted'", '2026b']) {
    await saveSetting(db, 'zone_data', value)
    t.equal(await findSetting(db, 'zone_data'), value)
  }
})

test('several processes that save a setting at once all succeed', async (t) => {
  const databases = await createTestDatabases(t, 4)
  for (let round = 0; round < 10; round++) {
    await databases[0].query.deleteFrom('carillon_settings').execute()
    await Promise.all(databases.map((db) => saveSetting(db, 'zone_data', `round ${round}`)))
    t.equal(await findSetting(databases[0], 'zone_data'), `round ${round}`)
  }
})

testOnServers('whoever decides about a job in a transaction has it to himself', async (t) => {
  const [one, other] = await createTestDatabases(t, 2)
  const id = await addJob(one)
  const second = await addJob(one)
  if (other === undefined) return
  for (const lock of [
    (trx: typeof one) => findJob(trx, id),
    (trx: typeof one) => lockJobs(trx, [second, id])
  ]) {
    const order: string[] = []
    const holding = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    const first = inTransaction(one, async (trx) => {
      await lock({ ...one, ...trx })
      holding.resolve()
      await release.promise
      order.push('first')
    })
    await holding.promise
    const next = inTransaction(other, async (trx) => {
      await lockJobs(trx, [id])
      order.push('next')
    })
    t.equal((await findJob(other, id))?.id, id, 'reading waits for nobody')
    await new Promise((resolve) => setTimeout(resolve, 100))
    release.resolve()
    await Promise.all([first, next])
    t.strictSame(order, ['first', 'next'])
  }
})

testOnServers('the time of a server is a number of milliseconds', async (t) => {
  const db = await createTestDatabase(t)
  const now = await findServerTime(db)
  t.ok(Number.isSafeInteger(now) && Math.abs(now - Date.now()) < 3_600_000, `${now} ${kindOf(t)}`)
})
