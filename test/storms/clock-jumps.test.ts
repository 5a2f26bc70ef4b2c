import { t as file, test, type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { findFaults } from '../helpers/checker/check.ts'
import { createFakeTime, noFaketime, type FakeTime } from '../helpers/faketime.ts'
import { createFolder, isOver, startService, type Service } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const POLICIES = ['skip', 'latest', 'all'] as const

/** One job of every minute for each policy; under "all", ten minutes are caught up. */
function createJobs(service: Service): Promise<Job[]> {
  return Promise.all(
    POLICIES.map((misfire) =>
      service.createJob({
        name: misfire,
        repeat_interval: '1m',
        overlap: 'allow',
        misfire,
        ...(misfire === 'all' && { misfire_window: '10m' })
      })
    )
  )
}

/** Waits until nothing is due or going on by the clock; @returns every record of the jobs */
async function untilIdle(service: Service, jobs: readonly Job[], time: FakeTime): Promise<Run[]> {
  return until('what is due to be over', async () => {
    const { body } = await service.request('GET /jobs')
    const next = (body as Job[]).map((job) => Date.parse(job.next_run_at ?? ''))
    if (next.some((instant) => instant <= time.now())) return null
    const runs = await Promise.all(jobs.map((job) => service.listRuns(job.id)))
    return runs.flat().every(isOver) ? runs.flat() : null
  })
}

/** What is wrong with the records up to now; nothing is owed for the last moments. */
function faultsOf(jobs: readonly Job[], runs: readonly Run[], time: FakeTime): string[] {
  const watched = jobs.map((job) => ({
    job,
    owedUntil: time.now() - 5 * SECOND,
    possibleUntil: time.now()
  }))
  return findFaults({ jobs: watched, runs, requests: null })
}

/** How many of the runs of each policy were carried out. */
function carriedOut(jobs: readonly Job[], runs: readonly Run[]): Record<string, number> {
  return Object.fromEntries(
    jobs.map(({ id, name }) => [
      name,
      runs.filter((run) => run.job_id === id && run.state === 'succeeded').length
    ])
  )
}

async function startOn(t: Test, time: FakeTime): Promise<{ service: Service; jobs: Job[] }> {
  const service = await startService(t, { env: time.env })
  return { service, jobs: await createJobs(service) }
}

test(
  'after three days away each policy is kept, and every minute is accounted for',
  { skip: noFaketime },
  async (t) => {
    const time = await createFakeTime(t)
    const folder = await createFolder(t)
    const before = await startService(t, { folder, env: time.env })
    const jobs = await createJobs(before)
    const cron = await before.createJob({ name: 'cron', schedule: '* * * * *' })
    before.kill('SIGTERM')
    await before.exited
    await time.jump(3 * DAY)
    const service = await startService(t, { folder, env: time.env })
    const runs = await untilIdle(service, [...jobs, cron], time)
    const own = (job: Job): Run[] => runs.filter((run) => run.job_id === job.id)
    t.strictSame(faultsOf(jobs, jobs.flatMap(own), time), [])
    const done = carriedOut(jobs, runs)
    t.ok((done['skip'] ?? 0) <= 2 && (done['latest'] ?? 0) <= 3, JSON.stringify(done))
    t.ok((done['all'] ?? 0) >= 9 && (done['all'] ?? 0) <= 13, JSON.stringify(done))
    const counted = own(cron).reduce((sum, run) => sum + run.count, 0)
    t.ok(counted >= 4_319 && counted <= 4_325, `${counted} occurrences of the cron job`)
    t.ok(own(cron).length < 200, `${own(cron).length} records, the long stretch in one`)
    await time.jump(MINUTE)
    const later = await untilIdle(service, [cron], time)
    t.equal(later[0]?.state, 'succeeded', 'and it goes on')
  }
)

test('a clock that is set forward by an hour is no burst', { skip: noFaketime }, async (t) => {
  const time = await createFakeTime(t)
  const { service, jobs } = await startOn(t, time)
  await time.jump(MINUTE)
  const before = carriedOut(jobs, await untilIdle(service, jobs, time))
  await time.jump(HOUR)
  const runs = await untilIdle(service, jobs, time)
  t.strictSame(faultsOf(jobs, runs, time), [])
  const after = carriedOut(jobs, runs)
  const more = (policy: string): number => (after[policy] ?? 0) - (before[policy] ?? 0)
  // Each may have had a minute of its own meanwhile.
  t.ok(more('skip') <= 2 && more('latest') <= 3 && more('all') <= 13, JSON.stringify(after))
  t.ok(more('latest') >= 1 && more('all') >= 9, JSON.stringify(after))
  t.equal((await service.request('GET /readyz')).status, 200)
})

for (const [name, backMs] of [
  ['three minutes', 3 * MINUTE],
  ['an hour', HOUR]
] as const) {
  test(
    `a clock that is set back by ${name} starts nothing twice and nothing early`,
    { skip: noFaketime },
    async (t) => {
      const time = await createFakeTime(t)
      const { service, jobs } = await startOn(t, time)
      for (let minute = 0; minute < 3; minute++) {
        await time.jump(MINUTE)
        await untilIdle(service, jobs, time)
      }
      const before = await untilIdle(service, jobs, time)
      await time.jump(-backMs)
      const { id } = await service.createJob({ name: 'new', repeat_interval: '1s' })
      await until('a new job to run by the new clock', async () =>
        (await service.listRuns(id)).some((run) => run.state === 'succeeded')
      )
      t.equal((await service.request('GET /readyz')).status, 200)
      await service.request(`DELETE /jobs/${id}`)
      const ids = (runs: readonly Run[]): Set<number> => new Set(runs.map((run) => run.id))
      t.strictSame(ids(await untilIdle(service, jobs, time)), ids(before), 'what ran is not due')

      await time.jump(backMs + MINUTE)
      const runs = await untilIdle(service, jobs, time)
      t.strictSame(faultsOf(jobs, runs, time), [], 'and goes on where it was')
      t.ok(runs.length > before.length)
      t.ok(
        runs.every((run) => (run.lateness_ms ?? 0) >= 0),
        'none is early'
      )
    }
  )
}
