import { failure, refusal, type Outcome } from '../../domain/outcome.ts'
import type { CommandTarget } from '../../domain/target.ts'
import { shown } from '../../domain/validation.ts'
import type { AttemptContext, Perform } from '../attempt.ts'
import type { EventHub } from '../events.ts'
import { commandEnvironment, type Environment } from './command-environment.ts'
import { createLiveOutput } from './live-output.ts'
import { createOutputTail, readOutput } from './output-tail.ts'
import { startGroup, type ProcessGroup, type ProgramEnd } from './process-group.ts'

/** What a run keeps of a program; plain JSON. */
export interface CommandResult {
  exit_code: number | null
  /** What ended it, if it did not end by itself. */
  signal: string | null
  /** The last of both, 64 KiB together. */
  stdout: string
  stderr: string
  /** There was more of one of them than is here. */
  truncated: boolean
}

export interface CommandOptions {
  /** Of this process; programs get little of it. */
  environment: Environment
  /** Told of what programs write while they write. */
  events: () => EventHub
}

/** Why a program could not be started, where that is the fault of the job or of the machine. */
const NOT_STARTED: Readonly<Record<string, string>> = {
  ENOENT:
    'is not there; give its full path, or put it into the PATH of the service, and look at "cwd"',
  EACCES: 'may not be started by the user that the service runs as',
  ENOTDIR: 'is below something that is no folder',
  E2BIG: 'has more arguments and variables than the system takes'
}

/**
 * Carries out attempts by programs of this machine, without a shell. They read the params as JSON;
 * exit code 0 is success. A program that ignores being told to stop is ended after five seconds; one
 * that is told before it starts is not started: that rejects with the signal's reason.
 */
export function createCommandPerformer({ environment, events }: CommandOptions): Perform {
  return async (attempt) => {
    const { target } = attempt.job.definition
    if (target.type !== 'command') throw new Error(`"${target.type}" is no command.`)
    attempt.signal.throwIfAborted()
    const env = commandEnvironment(environment, target, attempt)
    let group: ProcessGroup
    try {
      group = startGroup({ ...target, env })
    } catch (error) {
      return notStarted(target, error)
    }
    return attend(group, { attempt, target, events: events() })
  }
}

interface Following {
  attempt: AttemptContext
  target: CommandTarget
  events: EventHub
}

async function attend(
  group: ProcessGroup,
  { attempt, target, events }: Following
): Promise<Outcome> {
  const { child } = group
  const run = { id: attempt.run.id, job_id: attempt.job.id }
  const follow = (name: 'stdout' | 'stderr') => {
    const tail = createOutputTail()
    const live = createLiveOutput(events, run, name)
    child[name].on('data', (chunk: Buffer) => {
      tail.add(chunk)
      live.add(chunk)
    })
    return { tail, live }
  }
  const stdout = follow('stdout')
  const stderr = follow('stderr')
  const stop = (): void => group.stop()
  attempt.signal.addEventListener('abort', stop, { once: true })
  // A program need not read what it is given.
  child.stdin.on('error', () => undefined)
  child.stdin.end(JSON.stringify(attempt.params ?? null))
  try {
    const end = await group.ended
    return judge(end, readOutput(stdout.tail, stderr.tail))
  } catch (error) {
    return notStarted(target, error)
  } finally {
    attempt.signal.removeEventListener('abort', stop)
    stdout.live.end()
    stderr.live.end()
  }
}

function judge(
  { code, signal }: ProgramEnd,
  output: Pick<CommandResult, 'stdout' | 'stderr' | 'truncated'>
): Outcome {
  const result: CommandResult = { exit_code: code, signal, ...output }
  if (code === 0) return { kind: 'succeeded', result }
  const how = code === null ? `was ended by ${signal}` : `ended with exit code ${code}`
  return failure('exit_code', `The program ${how}.${lastLine(output.stderr)}`, { result })
}

const MAX_LINE = 300

/** What programs say last is why they failed, as a rule. */
function lastLine(text: string): string {
  const line = text.trimEnd().split('\n').at(-1)?.trim() ?? ''
  return line === '' ? '' : ` It said: ${line.slice(0, MAX_LINE)}`
}

function notStarted({ argv }: CommandTarget, error: unknown): Outcome {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const why = NOT_STARTED[code] ?? `could not be started (${code || String(error)})`
  return refusal('not_started', `The program ${shown(argv[0])} ${why}.`)
}
