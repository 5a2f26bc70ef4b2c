import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { kill } from 'node:process'

/** What a program may take to end by itself when it is told to. */
const GRACE_MS = 5_000
/** What is still to be read when a program has ended, should somebody else hold its pipes open. */
const DRAIN_MS = 1_000

export interface Program {
  argv: readonly string[]
  cwd?: string | undefined
  env: Record<string, string>
}

/** How a program ended: by itself with a code, or by a signal. */
export interface ProgramEnd {
  code: number | null
  signal: string | null
}

/** A program and all that it starts. */
export interface ProcessGroup {
  readonly child: ChildProcessWithoutNullStreams
  /** Resolves when all of it has ended and was read; rejects where it cannot be started. */
  readonly ended: Promise<ProgramEnd>
  /** Tells all of them to end, and after five seconds makes them. */
  stop(): void
}

/**
 * Starts a program as the leader of a group of its own: no signal meant for this process reaches it,
 * and what it has started ends with it.
 * @throws where it cannot even be tried, such as for a folder that is no text
 */
export function startGroup({ argv: [file = '', ...args], cwd, env }: Program): ProcessGroup {
  const child = spawn(file, args, { ...(cwd !== undefined && { cwd }), env, detached: true })
  let timer: NodeJS.Timeout | undefined
  const signalAll = (signal: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined) return
    try {
      // The whole group (kill(2): a negative pid).
      kill(-child.pid, signal)
    } catch {
      // Nothing of it is left.
    }
  }
  const closed = once(child, 'close')
  const end = async (): Promise<ProgramEnd> => {
    const [code, signal] = await once(child, 'exit')
    clearTimeout(timer)
    signalAll('SIGKILL')
    const drain = setTimeout(() => closePipes(child), DRAIN_MS)
    await closed
    clearTimeout(drain)
    return { code, signal }
  }
  const ended = end()
  // Where it cannot be started, both reject with the same reason; one of them is enough.
  closed.catch(() => undefined)
  return {
    child,
    ended,
    stop: () => {
      signalAll('SIGTERM')
      timer = setTimeout(() => signalAll('SIGKILL'), GRACE_MS)
    }
  }
}

function closePipes(child: ChildProcessWithoutNullStreams): void {
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
}
