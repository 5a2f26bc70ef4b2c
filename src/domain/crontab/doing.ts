import type { JobInput } from '../job.ts'
import type { CommandTarget } from '../target.ts'
import { readCurl } from './curl.ts'
import type { HttpCall } from './http-call.ts'
import { nameOfCommand, nameOfUrl } from './names.ts'
import { NotUnderstood } from './not-understood.ts'
import { splitInput, type CommandAndInput } from './percent.ts'
import type { Settings } from './settings.ts'
import { readShellLine, type ShellLine } from './shell-words.ts'
import { readWget } from './wget.ts'

/** What an entry does, as parts of a job. */
export interface Doing {
  /** Unless a comment gives it another one. */
  name: string
  job: Pick<JobInput, 'target' | 'timeout' | 'retry'>
  notes: string[]
}

/** The rest of a command line to a request of curl or wget, and any other to a program. */
export function doingOf(text: string, settings: Settings): Doing {
  const given = splitInput(text)
  const line = readShellLine(given.command)
  const notes = given.input === null ? [] : [INPUT_NOTE]
  const call = readCall(line, given, settings)
  if (call !== null && !('reason' in call)) {
    return {
      name: line.comment || nameOfUrl(call.job.target.url),
      job: call.job,
      notes: call.notes
    }
  }
  if (call !== null) notes.push(`It stays a command. ${call.reason}`)
  const target = commandOf(line, given, settings)
  const name = line.comment || nameOfCommand(given.command)
  return { name, job: { target, timeout: COMMAND_TIMEOUT }, notes }
}

/** Cron ends nothing; a day is long enough for a backup, and short enough for what hangs. */
const COMMAND_TIMEOUT = '24h'

const INPUT_NOTE = 'As in cron, the command ends at its "%", and reads what follows.'

/** Null for what is no call at all. */
function readCall(
  line: ShellLine,
  { input }: CommandAndInput,
  { env }: Settings
): HttpCall | { reason: string } | null {
  const [first, ...rest] = line.words
  const program = /^(?:.*\/)?(curl|wget)$/.exec(first?.text ?? '')?.[1]
  if (program === undefined) return null
  if (line.shellOnly !== null) return { reason: `${line.shellOnly} needs a shell.` }
  if (input !== null) return { reason: 'It reads what follows its "%".' }
  const proxy = Object.keys(env).find(
    (name) => /^(?!no_)\w+_proxy$/i.test(name) && env[name] !== ''
  )
  if (proxy !== undefined) return { reason: `It goes through ${proxy}, and a job does not.` }
  if (rest.some(({ text, pattern }) => pattern !== null && !isAddress(text, pattern))) {
    return { reason: 'It holds a pattern of file names.' }
  }
  const args = rest.map(({ text }) => text)
  try {
    return program === 'curl' ? readCurl(args) : readWget(args)
  } catch (error) {
    if (error instanceof NotUnderstood) return { reason: error.message }
    throw error
  }
}

/** No file is called like that, so that a shell leaves its question mark alone. */
function isAddress(text: string, pattern: string): boolean {
  return pattern === '?' && /^https?:\/\/[^*[]+$/i.test(text)
}

function commandOf(
  line: ShellLine,
  { command, input }: CommandAndInput,
  { env, shell, cwd }: Settings
): CommandTarget {
  const place = { ...(cwd !== null && { cwd }), ...(Object.keys(env).length > 0 && { env }) }
  const argv = isPlain(line) && input === null ? plainArgv(line) : [shell, '-c', command.trim()]
  return { type: 'command', argv: input === null ? argv : reading(argv, input), ...place }
}

function isPlain({ words, shellOnly, discards, comment }: ShellLine): boolean {
  const hasPattern = words.some(({ pattern }) => pattern !== null)
  return words.length > 0 && shellOnly === null && !discards && comment === null && !hasPattern
}

function plainArgv({ words }: ShellLine): string[] {
  return words.map(({ text }) => text)
}

/** The command as it is, not within another one: what it says must not mean anything else there. */
function reading([shell = '', , command = '']: readonly string[], input: string): string[] {
  return ['/bin/sh', '-c', `printf %s "$1" | "$2" -c "$3"`, 'crontab', input, shell, command]
}
