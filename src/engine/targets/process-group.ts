import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { kill } from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'

/** What a program, and what it has started, may take to end by itself when it is told to. */
const GRACE_MS = 5_000
/** How often to look whether what a program has started is gone: nobody tells. */
const LOOK_EVERY_MS = 20
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
  /** Tells all of them to end, and after five seconds makes them; nothing once the first is gone. */
  stop(): void
}

/**
 * Starts a program as the leader of a group of its own: no signal meant for this process reaches it,
 * and what it has started ends with it, after as much time to clean up as the program has itself.
 * @throws where it cannot even be tried, such as for a folder that is no text
 */
export function startGroup({ argv: [file = '', ...args], cwd, env }: Program): ProcessGroup {
  const child = spawn(file, args, { ...(cwd !== undefined && { cwd }), env, detached: true })
  const grace = new AbortController()
  let isTold = false
  const stop = (): void => {
    // Whoever comes once the leader is gone finds the rest told already.
    if (isTold || !signalGroup(child, 'SIGTERM')) return
    isTold = true
    const timer = setTimeout(() => {
      signalGroup(child, 'SIGKILL')
      grace.abort()
    }, GRACE_MS)
    grace.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  }
  const closed = once(child, 'close')
  const end = async (): Promise<ProgramEnd> => {
    const [code, signal] = await once(child, 'exit')
    stop()
    isTold = true
    // The dead count until they are buried, which is for their new parent to do.
    while (!grace.signal.aborted && signalGroup(child, 0)) await pause(LOOK_EVERY_MS)
    grace.abort()
    const drain = setTimeout(() => closePipes(child), DRAIN_MS)
    await closed
    clearTimeout(drain)
    return { code, signal }
  }
  const ended = end()
  // Where it cannot be started, both reject with the same reason; one of them is enough.
  closed.catch(() => undefined)
  return { child, ended, stop }
}

/** @returns whether there was anybody in the group to be reached (kill(2): a negative pid, signal 0) */
function signalGroup(
  { pid }: ChildProcessWithoutNullStreams,
  signal: 'SIGTERM' | 'SIGKILL' | 0
): boolean {
  if (pid === undefined) return false
  try {
    return kill(-pid, signal)
  } catch {
    return false
  }
}

function closePipes(child: ChildProcessWithoutNullStreams): void {
  for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy()
}
