import type { ParsedLine } from '../crontab-report.ts'
import type { JobInput } from '../job.ts'
import { ONE_LINE } from '../schema.ts'
import { doingOf } from './doing.ts'
import { readEntry } from './entry.ts'
import { readSchedule } from './fields.ts'
import { createKeys, type KeyParts } from './job-key.ts'
import { nameOfComment } from './names.ts'
import {
  applySetting,
  firstSettings,
  readSetting,
  type Setting,
  type Settings
} from './settings.ts'
import { hasUserColumn } from './user-column.ts'

/** What a crontab does not say itself. */
export interface CrontabOptions {
  /** The zone of schedules where the crontab sets none. */
  zone: string
  /** Every job gets it; null for none. */
  tag: string | null
  /** Whether a user stands before each command, as in /etc/crontab. */
  userColumn: boolean | 'auto'
}

/** A crontab, line by line. */
export interface ParsedCrontab {
  lines: ParsedLine[]
  userColumn: boolean
}

/** No argument of a program is longer, and the five fields before it need little. */
const MAX_LINE_LENGTH = 10_000

const FITTING = new RegExp(ONE_LINE.pattern)

/** The lines of a text, without their ends; an end of the last one begins no other. */
export function linesOf(text: string): string[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/)
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** Turns the lines of a crontab into jobs: crontab(5), and what Debian and Red Hat add to it. */
export function parseCrontab(lines: readonly string[], options: CrontabOptions): ParsedCrontab {
  const userColumn = options.userColumn === 'auto' ? hasUserColumn(lines) : options.userColumn
  const reading: Reading = {
    options: { ...options, userColumn },
    line: 0,
    settings: firstSettings(options.zone),
    name: null,
    keyOf: createKeys()
  }
  const read = lines.map((text, index) => ({
    line: index + 1,
    text,
    ...readLine(reading, text.trim())
  }))
  return { lines: read, userColumn }
}

/** What is known from the lines before. */
interface Reading {
  readonly options: CrontabOptions & { userColumn: boolean }
  /** The number of the line that is read. */
  line: number
  settings: Settings
  /** What the line directly above names this one. */
  name: string | null
  readonly keyOf: (parts: KeyParts) => string
}

/** A line without its number and its text. */
type Told = Pick<ParsedLine, 'outcome' | 'job' | 'reason' | 'notes'>

function readLine(reading: Reading, text: string): Told {
  const { name } = reading
  reading.name = null
  reading.line++
  if (text === '') return told('blank')
  if (text.startsWith('#')) {
    reading.name = nameOfComment(text)
    return told('comment')
  }
  if (text.length > MAX_LINE_LENGTH) {
    const detail = `It has ${text.length} characters, but may have ${MAX_LINE_LENGTH}`
    return refused(`${detail}; put the command into a script.`)
  }
  // Tabs separate; of the others, some end a line for one program and not for another.
  if (!FITTING.test(text.replaceAll('\t', ' '))) {
    return refused('It holds a control character, or half of a surrogate pair; remove it.')
  }
  const setting = readSetting(text)
  return setting === null ? readJob(reading, text, name) : takeSetting(reading, setting)
}

function takeSetting(reading: Reading, setting: Setting): Told {
  const { line, options } = reading
  const applied = applySetting(reading.settings, setting, { line, zone: options.zone })
  reading.settings = applied.settings
  return applied.reason === null ? told('setting', applied.notes) : refused(applied.reason)
}

function readJob({ options, settings, keyOf }: Reading, text: string, name: string | null): Told {
  const entry = readEntry(text, options.userColumn)
  if (typeof entry === 'string') return refused(entry)
  const { schedule, notes, reason } = readSchedule(entry.fields)
  if (reason !== null) return refused(reason)
  if (settings.zoneFault !== null) return refused(settings.zoneFault)
  const doing = doingOf(entry.command, settings)
  const { user } = entry
  const key = keyOf({ tag: options.tag, user, command: entry.command })
  const job: JobInput = {
    key,
    name: name ?? doing.name,
    schedule,
    timezone: settings.zone,
    ...doing.job,
    ...(options.tag !== null && { tags: [options.tag] })
  }
  const isCommand = doing.job.target?.type === 'command'
  const userNotes = user !== null && isCommand ? [userNote(user)] : []
  return { outcome: 'job', job, reason: null, notes: [...notes, ...doing.notes, ...userNotes] }
}

function told(outcome: 'blank' | 'comment' | 'setting', notes: string[] = []): Told {
  return { outcome, job: null, reason: null, notes }
}

function refused(reason: string): Told {
  return { outcome: 'refused', job: null, reason, notes: [] }
}

function userNote(user: string): string {
  return `It runs as the user of the service, not as "${user}".`
}
