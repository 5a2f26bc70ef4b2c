import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { t as file, test, type Test } from 'tap'
import { plantJobs } from '../helpers/planted-jobs.ts'
import { createFolder } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

/** Of load, in five parts of which the first is not looked at; `SOAK_SECONDS=3600` is an hour. */
const SOAK_SECONDS = Number(process.env['SOAK_SECONDS'] ?? 25)
const PARTS = 5
const JOBS = 200
const SLOPE_BYTES_PER_SECOND = 50 * 1024
/** Below this it is what a heap is more or less at any time, however short the load was. */
const NOISE_BYTES = 3 * 1024 * 1024
const WAL_BYTES = 64 * 1024 * 1024

file.setTimeout((SOAK_SECONDS + 600) * 1_000)

const PROGRAM = path.join(import.meta.dirname, '../helpers/soaking-service.ts')

interface Soak {
  heap: number
  timers: number
  handles: number
}

/** The service in a process that tells how it is. */
async function startSoaking(t: Test, folder: string) {
  const args = ['-u', 'NODE_OPTIONS', process.execPath, '--expose-gc', PROGRAM]
  const child = spawn('env', args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0', CARILLON_RETENTION_RUNS: '20' },
    stdio: ['pipe', 'pipe', 'inherit']
  })
  t.teardown(async () => {
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  })
  let url: string | null = null
  let answer: ((soak: Soak) => void) | null = null
  createInterface(child.stdout).on('line', (line) => {
    const { msg, soak } = JSON.parse(line) as { msg?: string; soak?: Soak }
    url ??= /^Server listening at (http:\/\/127\.\S+)$/.exec(msg ?? '')?.[1] ?? null
    if (soak !== undefined) answer?.(soak)
  })
  await until('the service to listen', async () => url)
  return {
    url: String(url),
    look: () =>
      new Promise<Soak>((resolve) => {
        answer = resolve
        child.stdin.write('look\n')
      })
  }
}

async function post(url: string, body: object): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(await response.text())
}

test('under two hundred starts a second neither memory, timers, handles nor the WAL grow', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const database = path.join(folder, 'carillon.db')
  const input = {
    name: 'soak',
    repeat_interval: '1s',
    target: { type: 'http' as const, url: sink.url }
  }
  await plantJobs(
    `sqlite:${database}`,
    Array.from({ length: JOBS }, () => ({ input, nextRunAt: null }))
  )
  const { url, look } = await startSoaking(t, folder)
  const filter = { all: true }
  const idle = async (): Promise<boolean> => {
    const answers = await Promise.all(
      ['pending', 'running'].map((state) => fetch(`${url}/runs?limit=1&state=${state}`))
    )
    const lists = await Promise.all(
      answers.map((response) => response.json() as Promise<unknown[]>)
    )
    return lists.every((list) => list.length === 0)
  }
  const looks: (Soak & { requests: number })[] = []
  for (let part = 0; part < PARTS; part++) {
    await post(`${url}/jobs/bulk`, { filter, action: 'resume' })
    await delay((SOAK_SECONDS * 1_000) / PARTS)
    await post(`${url}/jobs/bulk`, { filter, action: 'pause' })
    await until('nothing to run', idle)
    // Connections that nobody uses are closed after some seconds, on both sides.
    await sink.disconnected()
    const first = looks[1]
    const requests = sink.requests.length
    const settled = await until('what is idle to be put away', async () => {
      const now = await look()
      const isLess = first === undefined || now.handles <= first.handles
      return isLess && now
    }).catch(look)
    looks.push({ ...settled, requests })
  }
  const [, second, ...others] = looks
  const last = others.at(-1)
  if (second === undefined || last === undefined) throw new Error('There were no parts.')
  t.comment(JSON.stringify(looks))
  t.ok(last.requests > JOBS, `${last.requests} starts`)
  const seconds = (SOAK_SECONDS * (PARTS - 2)) / PARTS
  const growth = last.heap - second.heap
  t.ok(
    growth < Math.max(NOISE_BYTES, seconds * SLOPE_BYTES_PER_SECOND),
    `${growth} bytes in ${seconds} s`
  )
  t.ok(last.timers <= second.timers, `${second.timers} timers, then ${last.timers}`)
  t.ok(last.handles <= second.handles, `${second.handles} handles, then ${last.handles}`)
  const { size } = await stat(`${database}-wal`)
  t.ok(size <= WAL_BYTES, `${size} bytes of WAL`)
})
