import { appendFile, copyFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { randomBytes } from 'node:crypto'
import Sqlite from 'better-sqlite3'
import { t as file, test, type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { findFaults } from '../helpers/checker/check.ts'
import {
  createFolder,
  failToStart,
  isOver,
  startService,
  type Service
} from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const FILE = 'carillon.db'
const EVERY_SECOND = { repeat_interval: '1s', overlap: 'allow', misfire: 'all' } as const

async function untilRun(service: Service, { id }: Job, after = 0): Promise<void> {
  await until('a run', async () => {
    const runs = await service.listRuns(id)
    return runs.some((run) => isOver(run) && Date.parse(run.scheduled_for) > after)
  })
}

/** What is wrong with the records of a job, once it was paused and its runs have ended. */
async function faultsAtEnd(service: Service, job: Job): Promise<string[]> {
  const owedUntil = Date.now()
  await service.request(`POST /jobs/${job.id}/pause`)
  const possibleUntil = Date.now()
  const runs = await until('the end of every run', async () => {
    const all = await service.listRuns(job.id)
    return all.every(isOver) ? all : null
  })
  return findFaults({ jobs: [{ job, owedUntil, possibleUntil }], runs, requests: null })
}

test('while another process holds the lock, writes are told to come back and nothing is lost', async (t) => {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  const job = await service.createJob(EVERY_SECOND)
  await untilRun(service, job)
  const other = new Sqlite(path.join(folder, FILE))
  t.teardown(() => other.close())
  other.exec('begin immediate')
  const answer = await service.request('POST /jobs', { name: 'no', schedule: '@yearly' })
  t.match(answer, { status: 503, body: { code: 'store_busy' } })
  t.match(answer.headers.get('retry-after'), /^\d+$/)
  const heldUntil = Date.now() + 5_000
  let slowest = 0
  await until('the lock to have been held for five seconds', async () => {
    const asked = performance.now()
    for (const call of ['GET /livez', 'GET /jobs']) {
      const { status } = await service.request(call)
      if (status !== 200) t.fail(`${call}: ${status}`)
    }
    slowest = Math.max(slowest, performance.now() - asked)
    return Date.now() > heldUntil
  })
  t.comment(`The slowest answer meanwhile took ${Math.round(slowest)} ms.`)
  other.exec('rollback')
  await untilRun(service, job, heldUntil)
  t.strictSame(await faultsAtEnd(service, job), [])
  t.equal(
    ((await service.request('GET /jobs')).body as Job[]).length,
    1,
    'the refused one is not there'
  )
})

/** A folder that a service was killed in while it had work, and the names of its acknowledged jobs. */
async function killedFolder(t: Test): Promise<{ folder: string; names: string[] }> {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  const names: string[] = []
  for (let index = 0; index < 20; index++) {
    names.push((await service.createJob({ name: `job ${index}`, schedule: '@yearly' })).name)
  }
  service.kill('SIGKILL')
  await service.exited
  return { folder, names }
}

test('rubbish at the end of the WAL, as a cut leaves it, costs nothing that was acknowledged', async (t) => {
  const { folder, names } = await killedFolder(t)
  await appendFile(path.join(folder, `${FILE}-wal`), randomBytes(10_000))
  const service = await startService(t, { folder })
  const jobs = (await service.request('GET /jobs')).body as Job[]
  t.strictSame(
    jobs.map((job) => job.name),
    names
  )
})

for (const [what, spoil] of [
  ['empty', (database: string) => writeFile(database, '')],
  ['missing', (database: string) => rm(database)],
  ['a text', (database: string) => writeFile(database, 'not a database at all\n'.repeat(1_000))]
] as const) {
  test(`a database that is ${what} after a crash is refused, not begun anew`, async (t) => {
    const { folder } = await killedFolder(t)
    for (const end of ['-wal', '-shm']) await rm(path.join(folder, `${FILE}${end}`))
    await spoil(path.join(folder, FILE))
    const exit = await failToStart(t, { folder })
    t.equal(exit.code, 1)
    t.match(exit.stderr, /^carillon: [^\n]*carillon\.db [^\n]*\n$/)
    t.match(exit.stderr, /restore it|not a SQLite database/)
  })
}

for (const [what, spoil] of [
  ['deleted', (database: string) => rm(database)],
  [
    'replaced',
    async (database: string) => {
      await copyFile(database, `${database}.copy`)
      await rename(`${database}.copy`, database)
    }
  ]
] as const) {
  test(`a database that is ${what} under a running service turns it red, and is said in the log`, async (t) => {
    const folder = await createFolder(t)
    const service = await startService(t, { folder })
    t.equal((await service.request('GET /readyz')).status, 200)
    await spoil(path.join(folder, FILE))
    const fault = new RegExp(
      `carillon\\.db was ${what}.* while it is in use, and nothing is written any more; stop this process`
    )
    t.match(await service.request('GET /readyz'), { status: 503, body: { faults: [fault] } })
    t.match(await service.request('POST /jobs', { name: 'ghost', schedule: '@yearly' }), {
      status: 503,
      body: { code: 'store_unavailable', detail: fault }
    })
    t.equal((await service.request('GET /jobs')).status, 200, 'reading goes on')
    await until('a line of the log', async () =>
      service.lines.some((line) => line['level'] === 50 && fault.test(String(line['msg'])))
    )
  })
}

const MIB = 1024 * 1024

test('a reader that stays for long holds the WAL, which is told of, and when it goes the WAL is small again', async (t) => {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  const reader = new Sqlite(path.join(folder, FILE), { readonly: true })
  reader.exec('begin')
  reader.prepare('select count(*) from carillon_jobs').get()
  const sizeOfWal = async (): Promise<number> => (await stat(path.join(folder, `${FILE}-wal`))).size
  let written = 0
  const write = async (): Promise<void> => {
    const params = 'x'.repeat(60_000)
    const jobs = Array.from({ length: 4 }, (_, index) => {
      return { name: 'large', key: `${written} ${index}`, schedule: '@yearly', params }
    })
    const { status } = await service.request('POST /jobs/apply', { jobs })
    if (status === 200) written += jobs.length
  }
  while ((await sizeOfWal()) < 80 * MIB) await write()
  t.comment(`${Math.round((await sizeOfWal()) / MIB)} MiB of WAL after ${written} jobs`)
  const said = (pattern: RegExp) => async (): Promise<boolean> =>
    service.lines.some((line) => pattern.test(String(line['msg'])))
  await until('a line that tells of it', said(/-wal is .* MiB large: .*end that reader/))
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  const shown = Number(/^scheduler_wal_size_bytes (\d+)$/m.exec(metrics)?.[1])
  t.equal(shown, await sizeOfWal())
  reader.exec('commit')
  reader.close()
  await until('the WAL to shrink', async () => {
    await write()
    return (await sizeOfWal()) <= 64 * MIB
  })
  await until('a line that tells of its end', said(/-wal is .* MiB large again\./))
  t.equal((await service.request('GET /readyz')).status, 200)
})

test('a backup of a service at work is whole, and what had ended does not run again from it', async (t) => {
  const sink = await createSink(t)
  const [origin, folder] = [await createFolder(t), await createFolder(t)]
  const service = await startService(t, { folder: origin })
  const target = { type: 'http', url: sink.url }
  const jobs: Job[] = []
  for (let index = 0; index < 10; index++) {
    jobs.push(await service.createJob({ ...EVERY_SECOND, target, misfire: 'latest' }))
  }
  for (const job of jobs) await untilRun(service, job)
  const source = new Sqlite(path.join(origin, FILE), { readonly: true })
  await source.backup(path.join(folder, FILE))
  source.close()
  service.kill('SIGTERM')
  await service.exited
  const copy = new Sqlite(path.join(folder, FILE))
  t.equal(copy.pragma('integrity_check', { simple: true }), 'ok')
  const ended = copy
    .prepare<[], { id: number; attempt: number }>(
      `select id, attempt from carillon_runs where state not in ('pending', 'running')`
    )
    .all()
  copy.close()
  t.ok(ended.length >= 10, `${ended.length} runs had ended`)

  const before = sink.requests.length
  const looking = await startService(t, { folder, env: { CARILLON_AUTO_START: 'false' } })
  const shown = await Promise.all(jobs.map(({ id }) => looking.listRuns(id)))
  t.ok(shown.flat().length >= ended.length)
  t.equal(sink.requests.length, before, 'to look at it, nothing has to run')
  looking.kill('SIGTERM')
  await looking.exited

  const restored = await startService(t, { folder })
  const resumedAt = Date.now()
  for (const job of jobs) await untilRun(restored, job, resumedAt)
  const again = new Set(ended.map(({ id }) => String(id)))
  const doubled = sink.requests
    .slice(before)
    .filter(({ headers }) => again.has(String(headers['carillon-run-id'])))
  t.strictSame(doubled, [])
  for (const job of jobs) t.strictSame(await faultsAtEnd(restored, job), [])
})
