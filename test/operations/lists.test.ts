import { JOB_SORTS, type JobSort } from '../../src/domain/job-order.ts'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import type { JobFilter } from '../../src/store/list-jobs.ts'
import type { RunFilter, RunPosition } from '../../src/store/list-runs.ts'
import { test } from '../helpers/on-every-database.ts'
import { runsOf } from '../helpers/runs.ts'
import { createTestScheduler, overDays } from '../helpers/scheduler.ts'

test('jobs: pages follow each other by id, whatever is deleted in between', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  for (let index = 0; index < 25; index++) {
    await scheduler.createJob({ name: `job ${index}`, repeat_interval: '1h' })
  }
  const seen: number[] = []
  for (let page: Job[] = []; ;) {
    page = await scheduler.listJobs({ limit: 7, after: page.at(-1) ?? null })
    seen.push(...page.map((job) => job.id))
    if (seen.length === 14) await scheduler.deleteJob(14)
    if (page.length < 7) break
  }
  t.strictSame(
    seen,
    Array.from({ length: 25 }, (_, index) => index + 1)
  )
  t.equal(await scheduler.countJobs(), 24)
})

test('jobs: every order goes through all of them once, those without a value last', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  scheduler.handle('fails', () => {
    throw new Error('no')
  })
  const fails = { target: { type: 'handler' as const, name: 'fails' } }
  const names = ['delta', 'alpha', 'charlie', 'bravo', 'alpha']
  for (const [index, name] of names.entries()) {
    const schedule = `0 ${5 - index} * * *`
    await scheduler.createJob({ name, schedule, ...(index % 2 === 0 && fails) })
  }
  await scheduler.createJob({ name: 'once', start_date: '2026-01-01T00:00:01Z' })
  // A little longer: the end of the last run is written too.
  await clock.advance(3 * 3_600_000 + 100)
  const cases: readonly [JobSort, number[]][] = [
    ['id', [1, 2, 3, 4, 5, 6]],
    ['-id', [6, 5, 4, 3, 2, 1]],
    ['name', [2, 5, 4, 3, 1, 6]],
    ['-name', [6, 1, 3, 4, 5, 2]],
    ['next_run_at', [2, 1, 5, 4, 3, 6]],
    ['-next_run_at', [3, 4, 5, 1, 2, 6]],
    ['last_run_at', [6, 5, 4, 3, 1, 2]],
    ['-last_run_at', [3, 4, 5, 6, 2, 1]],
    ['consecutive_failures', [1, 2, 4, 6, 3, 5]],
    ['-consecutive_failures', [5, 3, 6, 4, 2, 1]]
  ]
  t.equal(cases.length, JOB_SORTS.length)
  for (const [sort, expected] of cases) {
    for (const limit of [1, 2, 100]) {
      const seen: number[] = []
      for (let page: Job[] = []; ;) {
        page = await scheduler.listJobs({ sort, limit, after: page.at(-1) ?? null })
        seen.push(...page.map(({ id }) => id))
        if (page.length < limit) break
      }
      t.strictSame(seen, expected, `${sort}, ${limit} at a time`)
    }
  }
  const filtered = await scheduler.listJobs({ sort: '-name', filter: { q: 'alpha' } })
  t.strictSame(
    filtered.map(({ id }) => id),
    [5, 2]
  )
})

test('jobs: every filter narrows, alone and with others', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  scheduler.handle('fails', () => {
    throw new Error('no')
  })
  const once = { start_date: '2026-01-01T00:00:10Z' }
  const hourly = { repeat_interval: '1h' }
  await scheduler.createJob({ name: 'Send Email', ...once, tags: ['mail', 'a'] })
  await scheduler.createJob({ name: 'send 100%_sure', ...hourly, tags: ['mail'] })
  await scheduler.createJob({
    name: 'Backup',
    ...hourly,
    target: { type: 'http', url: 'http://a.example' }
  })
  await scheduler.createJob({ name: 'fails', ...once, target: { type: 'handler', name: 'fails' } })
  await scheduler.pause(2)
  await clock.advance(11_000)
  const cases: readonly [JobFilter, number[]][] = [
    [{}, [1, 2, 3, 4]],
    [{ q: 'SEND' }, [1, 2]],
    [{ q: 'email' }, [1]],
    [{ q: '%' }, [2]],
    [{ q: '_' }, [2]],
    [{ q: '\\' }, []],
    [{ q: "'; drop table carillon_jobs; --" }, []],
    [{ tag: 'mail' }, [1, 2]],
    [{ tag: 'a' }, [1]],
    [{ tag: 'mai' }, []],
    [{ state: 'enabled' }, [3]],
    [{ state: 'paused' }, [2]],
    [{ state: 'finished' }, [1, 4]],
    [{ target: 'http' }, [3]],
    [{ target: 'log' }, [1, 2]],
    [{ outcome: 'succeeded' }, [1]],
    [{ outcome: 'failed' }, [4]],
    [{ tag: 'mail', state: 'finished', q: 'send' }, [1]]
  ]
  for (const [filter, ids] of cases) {
    const label = JSON.stringify(filter)
    t.strictSame(
      (await scheduler.listJobs({ filter })).map((job) => job.id),
      ids,
      label
    )
    t.equal(await scheduler.countJobs(filter), ids.length, label)
  }
  await scheduler.updateJob(1, { tags: ['new'] })
  t.strictSame(
    (await scheduler.listJobs({ filter: { tag: 'mail' } })).map((job) => job.id),
    [2]
  )
  t.strictSame(
    (await scheduler.listJobs({ filter: { tag: 'new' } })).map((job) => job.id),
    [1]
  )
})

function positionOf(run: Run): RunPosition {
  return { id: run.id, scheduledFor: Date.parse(run.scheduled_for) }
}

test('runs: pages follow each other, the newest first, of one job and of all', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', repeat_interval: '1s' })
  await scheduler.createJob({ name: 'b', repeat_interval: '2s' })
  await clock.advance(10_500)
  // Runs by hand may share an instant: the page must not break between them.
  for (let index = 0; index < 5; index++) await scheduler.run(1, { overlap: 'allow' })
  await clock.advance(100)
  for (const filter of [{}, { jobId: 1 }, { jobId: 2 }]) {
    const all = await scheduler.listRuns({ filter, limit: 1_000 })
    const paged: Run[] = []
    for (let page: Run[] = []; ;) {
      const last = paged.at(-1)
      const after = last === undefined ? null : positionOf(last)
      page = await scheduler.listRuns({ filter, limit: 3, after })
      paged.push(...page)
      if (page.length < 3) break
    }
    const ids = all.map((run) => run.id)
    t.strictSame(
      paged.map((run) => run.id),
      ids,
      JSON.stringify(filter)
    )
    t.equal(new Set(ids).size, ids.length)
  }
  t.equal((await runsOf(scheduler, 1)).length, 15)
  t.equal((await runsOf(scheduler, 2)).length, 5)
})

test('runs: a page of any filter goes on where the one before ended', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  scheduler.handle('fails', () => Promise.reject(new Error('no')))
  for (const every of ['1h', '2h']) {
    const target = { type: 'handler', name: 'fails' } as const
    const { id } = await scheduler.createJob({ name: every, repeat_interval: every, target })
    await scheduler.run(id)
  }
  await clock.advance('20h')
  // It is recorded last, and was due among the first.
  await scheduler.backfill(2, { from: '2026-01-01T02:00:00Z', to: '2026-01-01T03:00:00Z' })
  await clock.advance('1m')
  const [from, to] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-01-01T12:00:00Z')]
  const filters: readonly [RunFilter, number][] = [
    [{}, 33],
    [{ from, to }, 19],
    [{ state: 'failed' }, 33],
    [{ state: 'failed', from, to, jobId: 1 }, 12],
    [{ cause: 'manual' }, 2],
    [{ cause: 'schedule', state: 'failed', to }, 16],
    [{ cause: 'backfill' }, 1]
  ]
  for (const [filter, count] of filters) {
    const seen: Run[] = []
    for (let page: Run[] = []; ;) {
      const last = seen.at(-1)
      const after = last === undefined ? null : positionOf(last)
      page = await scheduler.listRuns({ filter, limit: 2, after })
      seen.push(...page)
      if (page.length < 2) break
    }
    const label = JSON.stringify(filter)
    const instants = seen.map((run) => run.scheduled_for)
    t.strictSame(instants, instants.toSorted().toReversed(), label)
    t.equal(new Set(seen.map(({ id }) => id)).size, count, label)
  }
})

test('runs: every filter narrows, alone and with others', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  await scheduler.createJob({ name: 'a', repeat_interval: '10s' })
  scheduler.handle('fails', () => {
    throw new Error('no')
  })
  const target = { type: 'handler', name: 'fails' } as const
  await scheduler.createJob({ name: 'b', start_date: '2026-01-01T00:00:15Z', target })
  await clock.advance(30_500)
  const byHand = await scheduler.run(1)
  await clock.advance(100)
  const at = (second: number): number => Date.parse('2026-01-01T00:00:00Z') + second * 1_000
  const cases: readonly [RunFilter, number][] = [
    [{}, 5],
    [{ state: 'failed' }, 1],
    [{ state: 'succeeded' }, 4],
    [{ state: 'missed' }, 0],
    [{ cause: 'manual' }, 1],
    [{ jobId: 1, cause: 'schedule' }, 3],
    [{ jobId: 1, state: 'failed' }, 0],
    [{ from: at(15) }, 4],
    [{ from: at(15), to: at(20) }, 1],
    [{ jobId: 1, to: at(10) }, 0],
    [{ jobId: 1, from: at(10), to: at(20) }, 1],
    [{ ids: [1, 2, 99], state: 'succeeded' }, 1],
    [{ cause: 'manual', from: at(0), to: at(30) }, 0],
    [{ state: 'failed', from: at(15), to: at(16) }, 1],
    [{ state: 'failed', to: at(15) }, 0]
  ]
  for (const [filter, count] of cases) {
    t.equal((await scheduler.listRuns({ filter })).length, count, JSON.stringify(filter))
  }
  scheduler.handle('goes on', () => new Promise(() => undefined))
  const slow = await scheduler.createJob({
    name: 'c',
    repeat_interval: '1h',
    overlap: 'queue_all',
    target: { type: 'handler', name: 'goes on' }
  })
  const [running, queued] = [await scheduler.run(slow.id), await scheduler.run(slow.id)]
  const waiting = await scheduler.createJob({
    name: 'd',
    repeat_interval: '1h',
    target: { type: 'handler', name: 'nobody' }
  })
  const available = await scheduler.run(waiting.id)
  await scheduler.cancelRun((await scheduler.run(waiting.id, { overlap: 'allow' })).id)
  const idsOf = async (filter: RunFilter): Promise<number[]> =>
    (await scheduler.listRuns({ filter })).map((run) => run.id)
  t.strictSame(await idsOf({ state: 'running' }), [running.id])
  t.strictSame(await idsOf({ state: 'pending' }), [available.id, queued.id])
  t.equal((await idsOf({ state: 'cancelled' })).length, 1)
  const [first] = await scheduler.listRuns({ filter: { cause: 'manual', to: at(60), jobId: 1 } })
  t.strictSame(first, await scheduler.getRun(byHand.id))
})
