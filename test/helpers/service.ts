import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { openapiFault } from './openapi-check.ts'

const CLI = path.join(import.meta.dirname, '../../cli.ts')
/** Halves the work of a start. */
const COMPILE_CACHE = path.join(tmpdir(), 'carillon-compile-cache')

export interface ServiceOptions {
  /** Where the database is; a new folder by default. */
  folder?: string
  env?: Readonly<Record<string, string>>
  flags?: readonly string[]
  /** The key that the service wants, and that requests carry. */
  apiKey?: string
  /** The user and group to run as, by number; that of the test by default. */
  user?: number
}

export interface ServiceAnswer {
  status: number
  body: unknown
  headers: Headers
}

/** The service in a process of its own. */
export interface Service {
  url: string
  pid: number
  /** Lines of its log, parsed. */
  lines: readonly Record<string, unknown>[]
  request(call: string, body?: unknown): Promise<ServiceAnswer>
  createJob(input: Record<string, unknown>): Promise<Job>
  listRuns(jobId: number): Promise<Run[]>
  kill(signal: ServiceSignal): void
  exited: Promise<ServiceExit>
}

export type ServiceSignal = 'SIGTERM' | 'SIGINT' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'

export interface ServiceExit {
  code: number | null
  signal: string | null
  stderr: string
}

/** Whether nothing more will become of a run. */
export function isOver(run: Run): boolean {
  return run.state !== 'pending' && run.state !== 'running'
}

/** A new folder, deleted when the test ends. */
export async function createFolder(t: Test): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carillon-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** Starts the service; resolves when it listens. It is killed when the test ends. */
export async function startService(t: Test, options: ServiceOptions = {}): Promise<Service> {
  const { child, exited } = await launch(t, options)
  const lines: Record<string, unknown>[] = []
  const listening = new Promise<string>((resolve) => {
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      const parsed = parseLine(line)
      if (parsed === null) return
      lines.push(parsed)
      const url = /^Server listening at (http:\/\/127\.\S+)$/.exec(String(parsed['msg']))?.[1]
      if (url !== undefined) resolve(url)
    })
  })
  const url = await Promise.race([
    listening,
    exited.then((exit) => {
      throw new Error(`The service ended before it listened: ${exit.stderr}`)
    })
  ])
  const { apiKey } = options
  const headers = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }
  const request = (call: string, body?: unknown) => send(url, { call, body, headers })
  return {
    url,
    pid: child.pid ?? 0,
    lines,
    exited,
    kill: (signal) => child.kill(signal),
    request,
    createJob: async (input) => {
      const { status, body } = await request('POST /jobs', { name: 'job', ...input })
      if (status !== 201) throw new Error(JSON.stringify(body))
      return body as Job
    },
    listRuns: async (jobId) => {
      const { body } = await request(`GET /jobs/${jobId}/runs?limit=1000`)
      return body as Run[]
    }
  }
}

/** Null for what is left of a line when its process is killed in the middle of it. */
function parseLine(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
}

interface Call {
  call: string
  body: unknown
  headers: Record<string, string>
}

async function send(url: string, { call, body, headers }: Call): Promise<ServiceAnswer> {
  const [method = 'GET', target = '/'] = call.split(' ')
  const json = {
    body: JSON.stringify(body),
    headers: { ...headers, 'content-type': 'application/json' }
  }
  const response = await fetch(url + target, {
    method,
    ...(body === undefined ? { headers } : json)
  })
  const answer = await response.text()
  const contentType = response.headers.get('content-type') ?? undefined
  const fault = openapiFault({
    method,
    path: target,
    status: response.status,
    contentType,
    body: answer
  })
  if (fault !== null) throw new Error(`Not as described: ${call}: ${fault}`)
  const { status } = response
  return { status, headers: response.headers, body: answer === '' ? null : JSON.parse(answer) }
}

/** Starts the service where it must fail; resolves when it has ended. @throws Error when it listens */
export async function failToStart(t: Test, options: ServiceOptions): Promise<ServiceExit> {
  const { child, exited } = await launch(t, options)
  const started = new Promise<never>((_, reject) => {
    if (child.stdout === null) return
    createInterface(child.stdout).on('line', (line) => {
      if (line.includes('Server listening')) reject(new Error('The service has started.'))
    })
  })
  return Promise.race([exited, started])
}

/** Starts `carillon` with these flags. It is killed when the test ends. */
export async function launch(
  t: Test,
  { folder, env = {}, flags = [], apiKey, user }: ServiceOptions
): Promise<{ child: ChildProcess; exited: Promise<ServiceExit> }> {
  const home = folder ?? (await createFolder(t))
  // The runner puts a hook of its own into every process, which another user may not write for.
  const unhooked = user === undefined ? [] : ['-u', 'NODE_OPTIONS']
  const child = spawn('env', [...unhooked, process.execPath, CLI, ...flags], {
    cwd: home,
    ...(user !== undefined && { uid: user, gid: user }),
    // Nothing of the environment of the test, such as what measures coverage.
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: COMPILE_CACHE,
      PORT: '0',
      ...(apiKey !== undefined && { CARILLON_API_KEY: apiKey }),
      ...env
    },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const errors = text(child.stderr)
  const exited = once(child, 'exit').then(async ([code, signal]) => ({
    code: code as number | null,
    signal: signal as string | null,
    stderr: await errors
  }))
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  return { child, exited }
}
