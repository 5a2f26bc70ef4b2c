import { setTimeout as delay } from 'node:timers/promises'
import { t as file, test } from 'tap'
import type { Job } from '../src/domain/job.ts'
import { findFaults } from './helpers/checker/check.ts'
import { requiredInstants } from './helpers/checker/instants.ts'
import { seededRandom } from './helpers/seed.ts'
import { createFolder, isOver, startService } from './helpers/service.ts'
import { createSink } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

/** Twenty starts of a process, on a machine that may have other things to do. */
file.setTimeout(300_000)

const ROUNDS = 20
const SECOND = 1_000

test('kill -9 at any moment, twenty times: every second of every job has its one record', async (t) => {
  const random = seededRandom(t)
  const sink = await createSink(t)
  const answers: NodeJS.Timeout[] = []
  t.teardown(() => answers.forEach(clearTimeout))
  sink.respondWith((response) => {
    answers.push(setTimeout(() => response.end('ok'), random.integer(0, 400)))
  })
  const folder = await createFolder(t)
  let service = await startService(t, { folder })
  const start = new Date(Math.floor(Date.now() / SECOND) * SECOND).toISOString()
  const jobs: Job[] = []
  for (let index = 0; index < 20; index++) {
    const job = await service.createJob({
      name: `every second ${index}`,
      start_date: start,
      repeat_interval: '1s',
      target: { type: 'http', url: `${sink.url}/${index}` },
      overlap: ['skip', 'allow', 'queue_one', 'replace'][index % 4],
      misfire: index % 2 === 0 ? 'latest' : 'all',
      retry: { max_attempts: 2, initial: '100ms' }
    })
    jobs.push(job)
  }
  const marks: string[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    if (round % 2 === 0) {
      // Directly after a whole second, while every job is being recorded and started.
      await delay(SECOND - (Date.now() % SECOND) + random.integer(0, 25))
    } else {
      // Any time, and directly after something was acknowledged, which must be there afterwards.
      await delay(random.integer(0, 900))
      marks.push((await service.createJob({ name: `mark ${round}`, schedule: '@yearly' })).name)
    }
    service.kill('SIGKILL')
    await service.exited
    service = await startService(t, { folder })
  }
  const pausingAt: number[] = []
  const pausedAt: number[] = []
  for (const job of jobs) {
    pausingAt.push(Date.now())
    await service.request(`POST /jobs/${job.id}/pause`)
    pausedAt.push(Date.now())
  }
  const all = await until('the end of every run', async () => {
    const lists = await Promise.all(jobs.map((job) => service.listRuns(job.id)))
    return lists.flat().every(isOver) ? lists : null
  })

  const runs = all.flat()
  const watched = jobs.map((job, index) => {
    return { job, owedUntil: pausingAt[index] ?? 0, possibleUntil: pausedAt[index] ?? 0 }
  })
  t.strictSame(findFaults({ jobs: watched, runs, requests: sink.requests }), [])
  const succeeded = runs.filter((run) => run.state === 'succeeded')
  t.ok(succeeded.length > jobs.length, `${succeeded.length} runs succeeded`)
  const { body } = await service.request('GET /jobs?q=mark&limit=1000')
  t.strictSame(
    (body as Job[]).map((job) => job.name),
    marks,
    'what was acknowledged is there'
  )
})

test('the seconds in which no process was there are accounted for too', async (t) => {
  const folder = await createFolder(t)
  const first = await startService(t, { folder })
  const job = await first.createJob({ repeat_interval: '1s' })
  await until('a first run', async () => (await first.listRuns(job.id)).some(isOver))
  first.kill('SIGKILL')
  await first.exited
  const wakeAt = Date.now() + 3 * SECOND
  await until('three seconds of nobody', async () => Date.now() > wakeAt)
  const second = await startService(t, { folder })
  const started = Date.now()
  const runs = await until('a run after the restart', async () => {
    const list = await second.listRuns(job.id)
    const isLater = list.some((run) => Date.parse(run.scheduled_for) > started)
    return isLater && list.every(isOver) ? list : null
  })
  const [newest] = runs
  const owedUntil = Date.parse(newest?.scheduled_for ?? '')
  t.strictSame(findFaults({ jobs: [{ job, owedUntil }], runs, requests: null }), [])
  t.ok(requiredInstants(job, owedUntil).length >= 4, 'the downtime is among them')
  t.ok(runs.some((run) => run.state === 'missed' && run.reason === 'coalesced'))
})
