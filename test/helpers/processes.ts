import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a process printed, and how it ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

const TIMEOUT_MS = 60_000

/** The test runner puts its own loaders into every process that is started; users have none. */
const WITHOUT_LOADERS = ['-u', 'NODE_OPTIONS']

/** Every process loads the same modules: stripping their types once is enough. */
const COMPILE_CACHE = { NODE_COMPILE_CACHE: path.join(tmpdir(), 'carillon-compile-cache') }

/** Runs a program to its end. */
export function runToEnd(
  file: string,
  args: readonly string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv }
): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(
      'env',
      [...WITHOUT_LOADERS, file, ...args],
      { timeout: TIMEOUT_MS, env: cleanEnvironment(), ...options },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
        resolve({ code, stdout, stderr })
      }
    )
  })
}

/** This process's environment without what would configure a scheduler. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const unwanted = /^(?:CARILLON_.*|HOST|PORT|DATABASE_URL(?:_FILE)?|LOG_LEVEL)$/
  const wanted = Object.entries(process.env).filter(([name]) => !unwanted.test(name))
  return { ...Object.fromEntries(wanted), ...COMPILE_CACHE }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, 'localhost')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A process that listens on a port. */
export interface Listening {
  /** What it printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Starts a Node program and waits until it listens on `port`. */
export async function startListening(
  args: readonly string[],
  { port, cwd, env = {} }: { port: number; cwd: string; env?: NodeJS.ProcessEnv }
): Promise<Listening> {
  const child = spawn('env', [...WITHOUT_LOADERS, process.execPath, ...args], {
    cwd,
    env: { ...cleanEnvironment(), ...env }
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString()
    })
  }
  const listening = { output: () => printed, stop: () => stop(child) }
  const giveUpAt = Date.now() + TIMEOUT_MS / 2
  while (!(await accepts(port))) {
    if (child.exitCode !== null || Date.now() > giveUpAt) {
      await listening.stop()
      throw new Error(`Nothing listens on ${port}: ${printed}`)
    }
    await sleep(25)
  }
  return listening
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect({ port, host: 'localhost' })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** A new folder that is deleted when `work` has ended. */
export async function inTempFolder<Result>(
  work: (folder: string) => Promise<Result>
): Promise<Result> {
  const folder = await mkdtemp(path.join(tmpdir(), 'carillon-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
