import type { ParsedLine } from '../crontab-report.ts'
import type { JobInput } from '../job.ts'
import { ONE_LINE } from '../schema.ts'
import { doingOf } from './doing.ts'
import { readEntry } from './entry.ts'
import { readSchedule } from './fields.ts'
import { createKeys, type KeyParts } from './job-key.ts'
import { nameOfComment } from './names.ts'
import { applySetting, firstSettings, readSetting, type Settings } from './settings.ts'
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
    settings: firstSettings(options.zone),
    name: null,
    keyOf: createKeys()
  }
  return { lines: lines.map((text, index) => readLine(reading, text, index + 1)), userColumn }
}

/** What is known from the lines before. */
interface Reading {
  readonly options: CrontabOptions & { userColumn: boolean }
  settings: Settings
  /** What the line directly above names this one. */
  name: string | null
  readonly keyOf: (parts: KeyParts) => string
}

function readLine(reading: Reading, text: string, line: number): ParsedLine {
  const { name } = reading
  reading.name = null
  const rest = { line, text, job: null, reason: null, notes: [] }
  const trimmed = text.trim()
  if (trimmed === '') return { ...rest, outcome: 'blank' }
  if (trimmed.startsWith('#')) {
    reading.name = nameOfComment(trimmed)
    return { ...rest, outcome: 'comment' }
  }
  // Tabs separate; of the others, some end a line for one program and not for another.
  if (!FITTING.test(trimmed.replaceAll('\t', ' '))) {
    const reason = 'It holds a control character, or half of one; remove it.'
    return { ...rest, outcome: 'refused', reason }
  }
  const setting = readSetting(trimmed)
  if (setting === null) return { ...rest, ...readJob(reading, trimmed, name) }
  const applied = applySetting(reading.settings, setting, { line, zone: reading.options.zone })
  reading.settings = applied.settings
  const { notes, reason } = applied
  return { ...rest, outcome: reason === null ? 'setting' : 'refused', notes, reason }
}

type Told = Pick<ParsedLine, 'outcome' | 'job' | 'reason' | 'notes'>

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

function refused(reason: string): Told {
  return { outcome: 'refused', job: null, reason, notes: [] }
}

function userNote(user: string): string {
  return `It runs as the user of the service, not as "${user}".`
}
