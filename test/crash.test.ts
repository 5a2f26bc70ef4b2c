import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { t as file, test } from 'tap'
import type { Job } from '../src/domain/job.ts'
import type { Run } from '../src/domain/run.ts'
import { Random } from './helpers/random.ts'
import { createFolder, isOver, startService } from './helpers/service.ts'
import { createSink } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

/** Twenty starts of a process, on a machine that may have other things to do. */
file.setTimeout(300_000)

const ROUNDS = 20
const SECOND = 1_000

/** The instants that records stand for, in seconds, each as often as it is there. */
function recordedSeconds(runs: readonly Run[]): number[] {
  return runs
    .flatMap((run) => {
      const from = Date.parse(run.from ?? run.scheduled_for)
      return Array.from({ length: run.count }, (_, index) => from / SECOND + index)
    })
    .toSorted((a, b) => a - b)
}

/** The whole seconds after one instant up to another, which an every-second job owes. */
function owedSeconds(after: number, upTo: number): number[] {
  const first = Math.floor(after / SECOND) + 1
  const count = Math.max(0, Math.floor(upTo / SECOND) - first + 1)
  return Array.from({ length: count }, (_, index) => first + index)
}

test('kill -9 at any moment, twenty times: every second of every job has its one record', async (t) => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  t.comment(`SEED=${seed}`)
  const random = new Random(seed)
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

  for (const [index, job] of jobs.entries()) {
    const runs = all[index] ?? []
    const recorded = recordedSeconds(runs)
    const created = Date.parse(job.created_at)
    const least = owedSeconds(created, pausingAt[index] ?? 0)
    const most = owedSeconds(created, pausedAt[index] ?? 0)
    t.strictSame(recorded.slice(0, least.length), least, `${job.name}: nothing lost or doubled`)
    t.ok(recorded.length <= most.length, `${job.name}: nothing after the pause`)
    t.strictSame(recorded, most.slice(0, recorded.length), `${job.name}: nothing else`)
    const early = runs.filter((run) => run.lateness_ms !== null && run.lateness_ms < 0)
    t.strictSame(early, [], `${job.name}: nothing early`)
  }

  const byId = new Map(all.flat().map((run) => [String(run.id), run]))
  const seen = new Map<string, number[]>()
  for (const { headers, arrivedAt } of sink.requests) {
    const id = String(headers['carillon-run-id'])
    const run = byId.get(id)
    if (run === undefined) t.fail(`a request without a record: run ${id}`)
    else if (arrivedAt < Date.parse(run.scheduled_for)) t.fail(`run ${id} was sent early`)
    seen.set(id, [...(seen.get(id) ?? []), Number(headers['carillon-fencing-token'])])
  }
  for (const [id, tokens] of seen) {
    const run = byId.get(id)
    t.equal(new Set(tokens).size, tokens.length, `run ${id}: one request for each start`)
    t.ok(Math.max(...tokens) <= (run?.fencing_token ?? 0), `run ${id}: no start unrecorded`)
  }
  const succeeded = all.flat().filter((run) => run.state === 'succeeded')
  t.strictSame(
    succeeded.filter((run) => !seen.has(String(run.id))),
    [],
    'whatever succeeded was sent'
  )
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
  const created = Date.parse(job.created_at)
  const runs = await until('a run after the restart', async () => {
    const list = await second.listRuns(job.id)
    return list.some((run) => Date.parse(run.scheduled_for) > started && isOver(run)) ? list : null
  })
  const seconds = runs.flatMap((run) =>
    Array.from({ length: run.count }, (_, index) => {
      return (Date.parse(run.from ?? run.scheduled_for) - created) / SECOND + index
    })
  )
  t.strictSame(
    seconds.toSorted((a, b) => a - b),
    Array.from({ length: seconds.length }, (_, index) => index + 1)
  )
  t.ok(seconds.length >= 4, 'the downtime is among them')
  t.ok(runs.some((run) => run.state === 'missed' && run.reason === 'coalesced'))
})
