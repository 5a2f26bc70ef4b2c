import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { BUILT } from './places.ts'

/** A server in a process of its own. */
export interface ServerProcess {
  /** Where it listens: `http://127.0.0.1:40123`. */
  readonly origin: string
  /** Resident memory in MiB. */
  memory(): number
  /** Processor time so far. */
  cpuSeconds(): number
  stop(): Promise<void>
}

/** Clock ticks a second in `/proc`, on every Linux there is. */
const TICKS = 100

/** Starts the real service on this database, on a free port; resolves when it listens. */
export function startService(url: string): Promise<ServerProcess> {
  return startServer(['cli.js', '--port', '0', '--database', url])
}

/** Starts a script of what is built; resolves when a line of its output names its address. */
export async function startServer(parameters: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, [...parameters], {
    cwd: BUILT,
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const { pid } = child
  const origin = await addressOf(child)
  if (pid === undefined || origin === null) {
    throw new Error(`node ${parameters.join(' ')} ended before it listened.`)
  }
  return {
    origin,
    memory: () => Number(/^VmRSS:\s+(\d+)/m.exec(readProc(pid, 'status'))?.[1]) / 1_024,
    cpuSeconds: () => {
      const [user, system] = readProc(pid, 'stat').split(' ').slice(13, 15)
      return (Number(user) + Number(system)) / TICKS
    },
    stop: async () => {
      const ended = once(child, 'exit')
      child.kill()
      await ended
    }
  }
}

/** Empty where there is no `/proc`; what is read from it is then no number. */
function readProc(pid: number, name: string): string {
  const file = `/proc/${pid}/${name}`
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}

async function addressOf({ stdout }: ChildProcess): Promise<string | null> {
  if (stdout === null) return null
  for await (const line of createInterface({ input: stdout })) {
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (origin === undefined) continue
    stdout.resume()
    return origin
  }
  return null
}
