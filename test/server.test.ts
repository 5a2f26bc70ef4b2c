import { once } from 'node:events'
import { chmod, mkdir, open, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import Sqlite from 'better-sqlite3'
import { test, type Test } from 'tap'
import type { Job } from '../src/domain/job.ts'
import type { Run } from '../src/domain/run.ts'
import { createFolder, failToStart, startService, type Service } from './helpers/service.ts'
import { Random } from './helpers/random.ts'
import { SILENCE, startSink, type Sink } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

const FILE = 'carillon.db'

async function createJob(service: Service, input: Record<string, unknown>): Promise<Job> {
  const { status, body } = await service.request('POST /jobs', { name: 'job', ...input })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body as Job
}

async function listRuns(service: Service, jobId: number): Promise<Run[]> {
  const { body } = await service.request(`GET /jobs/${jobId}/runs?limit=1000`)
  return body as Run[]
}

async function createSink(t: Test): Promise<Sink> {
  const sink = await startSink()
  t.teardown(() => sink.close())
  return sink
}

const isOver = (run: Run): boolean => run.state !== 'pending' && run.state !== 'running'

/** A folder with a database that a service made. */
async function usedFolder(t: Test): Promise<string> {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  service.kill('SIGTERM')
  await service.exited
  return folder
}

interface BadStart {
  what: string
  env?: Record<string, string>
  flags?: string[]
  says: RegExp
  /** Makes the folder as it should not be. */
  spoil?: (t: Test, folder: string) => Promise<Record<string, string> | void>
}

const BAD_STARTS: BadStart[] = [
  {
    what: 'a locked database',
    says: /carillon\.db is locked by another process; stop that process/,
    spoil: async (t, folder) => {
      const holder = new Sqlite(path.join(folder, FILE))
      holder.exec('begin exclusive')
      t.teardown(() => holder.close())
    }
  },
  {
    what: 'a missing folder',
    env: { DATABASE_URL: 'sqlite:./no/such/carillon.db' },
    says: /no\/such does not exist; create it, or choose another path in DATABASE_URL/
  },
  {
    what: 'a database that has vanished',
    says: /carillon\.db is missing, but held a database \(created .*\); restore it, or delete/,
    spoil: async (_t, folder) => {
      await writeFile(path.join(folder, `${FILE}-id`), 'created 2026-01-01T00:00:00.000Z\n')
    }
  },
  {
    what: 'a database that was emptied',
    says: /carillon\.db is empty, but held a database/,
    spoil: async (_t, folder) => {
      await writeFile(path.join(folder, `${FILE}-id`), 'created 2026-01-01T00:00:00.000Z\n')
      await writeFile(path.join(folder, FILE), '')
    }
  },
  {
    what: 'a text file',
    says: /carillon\.db is not a SQLite database; choose another path/,
    spoil: (_t, folder) => writeFile(path.join(folder, FILE), 'to do: buy milk\n'.repeat(100))
  },
  {
    what: 'a folder of that name',
    says: /carillon\.db is a folder; DATABASE_URL must name a file/,
    spoil: async (_t, folder) => {
      await mkdir(path.join(folder, FILE))
    }
  },
  {
    what: 'a database of another application',
    says: /carillon\.db is a database of another application; choose another path/,
    spoil: async (_t, folder) => {
      const foreign = new Sqlite(path.join(folder, FILE))
      foreign.exec('create table notes (id integer)')
      foreign.close()
    }
  },
  { what: 'a port that is a word', env: { PORT: 'http' }, says: /"PORT" is "http", but must be/ },
  {
    what: 'a port out of range',
    env: { PORT: '70000' },
    says: /"PORT" is 70000, but must lie betw/
  },
  {
    what: 'a port in use',
    says: /EADDRINUSE.*another process listens there\. Choose another PORT/,
    spoil: async (t) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      t.teardown(() => other.close())
      return { PORT: String((other.address() as AddressInfo).port) }
    }
  },
  {
    what: 'an unknown variable',
    env: { CARILLON_RETENTON_AGE: '1d' },
    says: /CARILLON_RETENTON_AGE is not a known variable\. Did you mean "CARILLON_RETENTION_AGE"\?/
  },
  {
    what: 'an unknown flag',
    flags: ['--prot=80'],
    says: /"--prot" is not a known flag\. Did you mean "--port"\?/
  },
  {
    what: 'an address that others can reach',
    env: { HOST: '0.0.0.0' },
    says: /HOST is "0\.0\.0\.0", but without API keys the service listens on this machine only/
  },
  {
    what: 'another kind of database',
    env: { DATABASE_URL: 'mongodb://user:secret@host/db' },
    says: /DATABASE_URL must name a SQLite file, .*"mongodb:" is not supported/
  }
]

/** One bad start: a line on stderr, nothing else, and the exit code of a failure. */
async function assertBadStart(t: Test, { what, env, flags, says, spoil }: BadStart): Promise<void> {
  const folder = await createFolder(t)
  const more = (await spoil?.(t, folder)) ?? {}
  const exit = await failToStart(t, { folder, env: { ...env, ...more }, flags: flags ?? [] })
  t.equal(exit.code, 1, what)
  t.match(exit.stderr, /^carillon: [^\n]*[.?]\n$/, `${what}: one line`)
  t.match(exit.stderr, says, what)
  t.notMatch(exit.stderr, 'secret', what)
}

test('what cannot work stops the start with one plain line', async (t) => {
  const left = [...BAD_STARTS]
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await assertBadStart(t, one)
  }
  await Promise.all([work(), work()])
})

test('a damaged database stops the start with one plain line', async (t) => {
  const folder = await usedFolder(t)
  const file = await open(path.join(folder, FILE), 'r+')
  await file.write(Buffer.alloc(8_192, 0x5a), 0, 8_192, 4_096)
  await file.close()
  const exit = await failToStart(t, { folder })
  t.equal(exit.code, 1)
  t.match(
    exit.stderr,
    /^carillon: [^\n]*carillon\.db is damaged[^\n]*restore it from a backup\.\n$/
  )
})

const asRoot = process.getuid?.() === 0 ? 'root may write everywhere' : false

test(
  'a database that is read-only stops the start with one plain line',
  { skip: asRoot },
  async (t) => {
    const folder = await usedFolder(t)
    await chmod(path.join(folder, FILE), 0o444)
    await chmod(folder, 0o555)
    t.teardown(() => chmod(folder, 0o755))
    const exit = await failToStart(t, { folder })
    t.equal(exit.code, 1)
    t.match(
      exit.stderr,
      /^carillon: [^\n]*carillon\.db cannot be written to; check the perm[^\n]*\n$/
    )
  }
)

test('SIGTERM: ready turns red, what runs comes to its end, nothing new starts, exit code 0', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  t.equal((await service.request('GET /readyz')).status, 200)
  let answer: () => void = () => undefined
  sink.respondWith((response) => {
    answer = () => response.end('done')
  })
  const target = { type: 'http', url: sink.url }
  const job = await createJob(service, { schedule: '@yearly', target })
  const other = await createJob(service, { repeat_interval: '1s' })
  await service.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  service.kill('SIGTERM')
  await until('a red readyz', async () => (await service.request('GET /readyz')).status === 503)
  t.equal((await service.request('GET /livez')).status, 200)
  const before = (await listRuns(service, other.id)).length
  await until('the next second', async () => Date.now() > Date.parse(other.created_at) + 2_500)
  t.equal((await listRuns(service, other.id)).length, before)
  answer()
  t.match(await service.exited, { code: 0, signal: null, stderr: '' })
  const again = await startService(t, { folder, env: { CARILLON_AUTO_START: 'false' } })
  t.match(await listRuns(again, job.id), [
    { state: 'succeeded', attempt: 1, result: { body: 'done' } }
  ])
})

test('a second signal ends the process at once, and the next one takes up what was left', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const first = await startService(t, { folder })
  sink.respondWith(SILENCE, { body: 'ok' })
  const target = { type: 'http', url: sink.url }
  const job = await createJob(first, { schedule: '@yearly', target })
  await first.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  first.kill('SIGTERM')
  await until('a red readyz', async () => (await first.request('GET /readyz')).status === 503)
  first.kill('SIGTERM')
  t.match(await first.exited, { code: 1, signal: null })
  const second = await startService(t, { folder })
  const [run] = await until('the end of the run', async () => {
    const runs = await listRuns(second, job.id)
    return runs.every(isOver) ? runs : null
  })
  t.match(run, { state: 'succeeded', attempt: 2, fencing_token: 2 })
  t.match(run?.attempts, [{ outcome: 'crashed' }, { outcome: 'succeeded' }])
  t.strictSame(
    sink.requests.map((request) => request.headers['carillon-fencing-token']),
    ['1', '2']
  )
})

test('what runs longer than the grace time is handed back, not lost', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const first = await startService(t, { folder, env: { CARILLON_STOP_GRACE: '100ms' } })
  sink.respondWith(SILENCE, { body: 'ok' })
  const target = { type: 'http', url: sink.url }
  const job = await createJob(first, { schedule: '@yearly', target })
  await first.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  first.kill('SIGINT')
  t.match(await first.exited, { code: 0 })
  const second = await startService(t, { folder })
  const [run] = await until('the end of the run', async () => {
    const runs = await listRuns(second, job.id)
    return runs.every(isOver) ? runs : null
  })
  t.match(run, { state: 'succeeded', attempts: [{ outcome: 'interrupted' }, {}] })
})

test('a target that misbehaves cannot hold the only slot beyond its deadline', async (t) => {
  const sink = await createSink(t)
  const service = await startService(t, { env: { CARILLON_MAX_CONCURRENT_RUNS: '1' } })
  const megabyte = Buffer.alloc(1024 * 1024)
  const drips: NodeJS.Timeout[] = []
  t.teardown(() => drips.forEach(clearInterval))
  sink.respondWith((response, { url }) => {
    if (url === '/drip') drips.push(setInterval(() => response.write('.'), 50))
    if (url === '/close') response.socket?.destroy()
    if (url === '/half') response.writeHead(200, { 'content-length': 10 }).end('x')
    if (url === '/good') response.end('ok')
    if (url !== '/gigabyte') return
    let left = 1024
    const pour = (): void => {
      while (left-- > 0) if (!response.write(megabyte)) return void response.once('drain', pour)
      response.end()
    }
    pour()
  })
  const ids: number[] = []
  for (const fault of ['silent', 'drip', 'gigabyte', 'close', 'half', 'good']) {
    const job = await createJob(service, {
      name: fault,
      schedule: '@yearly',
      target: { type: 'http', url: `${sink.url}/${fault}` },
      timeout: '700ms',
      retry: { max_attempts: 1 }
    })
    ids.push(job.id)
    await service.request(`POST /jobs/${job.id}/run`)
  }
  const runs = await until('the end of all', async () => {
    const all = (await Promise.all(ids.map((id) => listRuns(service, id)))).flat()
    return all.length === ids.length && all.every(isOver) ? all : null
  })
  t.match(
    runs.map((run) => [run.state, run.error?.code]),
    [
      ['failed', 'timeout'],
      ['failed', 'timeout'],
      [/failed|succeeded/],
      ['failed', 'network'],
      ['failed', 'timeout'],
      ['succeeded', undefined]
    ]
  )
  t.equal((await service.request('GET /readyz')).status, 200)
})

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
    const job = await createJob(service, {
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
    const killAt = Date.now() + random.integer(0, 900)
    await until('the moment to kill', async () => Date.now() >= killAt)
    // What was acknowledged at the very last moment must be there afterwards.
    marks.push((await createJob(service, { name: `mark ${round}`, schedule: '@yearly' })).name)
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
    const lists = await Promise.all(jobs.map((job) => listRuns(service, job.id)))
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
  const job = await createJob(first, { repeat_interval: '1s' })
  await until('a first run', async () => (await listRuns(first, job.id)).some(isOver))
  first.kill('SIGKILL')
  await first.exited
  const wakeAt = Date.now() + 3 * SECOND
  await until('three seconds of nobody', async () => Date.now() > wakeAt)
  const second = await startService(t, { folder })
  const started = Date.now()
  const created = Date.parse(job.created_at)
  const runs = await until('a run after the restart', async () => {
    const list = await listRuns(second, job.id)
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
