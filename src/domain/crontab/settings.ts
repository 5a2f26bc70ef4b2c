import { findTimezone } from '../cron/timezone.ts'
import { shown } from '../validation.ts'

const MAX_VARIABLES = 100
const MAX_VALUE_LENGTH = 8_192

/** What the lines so far say of those that follow. */
export interface Settings {
  /** For the programs. */
  env: Readonly<Record<string, string>>
  shell: string
  /** Where programs start; null where cron would start them at home. */
  cwd: string | null
  /** The zone that schedules are meant in. */
  zone: string
  /** Why that is not known; null when it is. */
  zoneFault: string | null
}

/** A line such as `MAILTO=ops@example.com`. */
export interface Setting {
  name: string
  value: string
}

/** What became of a setting: what holds from now on, or why it is refused. */
export type Applied =
  | { settings: Settings; notes: string[]; reason: null }
  | { settings: Settings; notes: []; reason: string }

const SHAPE = /^(?:"([^"]*)"|'([^']*)'|([A-Za-z_][^\s="']*))\s*=\s*(.*)$/
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const RESERVED_PREFIX = 'CARILLON_'

/** About the mail of cron, and the delay of cronie: no program reads them. */
const NOT_CARRIED: Readonly<Record<string, string>> = {
  MAILTO:
    'is not carried over: the record of each run has the output, and alerts tell of failures.',
  MAILFROM: 'is not carried over: no mail is sent.',
  CONTENT_TYPE: 'is not carried over: no mail is sent.',
  CONTENT_TRANSFER_ENCODING: 'is not carried over: no mail is sent.',
  RANDOM_DELAY: 'is not carried over: give the jobs a "jitter".'
}

/** What holds at the top of a crontab; crontab(5). */
export function firstSettings(zone: string): Settings {
  return { env: {}, shell: '/bin/sh', cwd: null, zone, zoneFault: null }
}

/** The setting of a line; null when it is none. */
export function readSetting(text: string): Setting | null {
  const match = SHAPE.exec(text)
  if (match === null) return null
  const [, double, single, bare, value = ''] = match
  const [, inner] = /^(?:"(.*)"|'(.*)')$/.exec(value)?.filter((part) => part !== undefined) ?? []
  return { name: double ?? single ?? bare ?? '', value: inner ?? value }
}

/** What holds after a setting. `zone` is the one of a crontab that sets none. */
export function applySetting(
  settings: Settings,
  { name, value }: Setting,
  { line, zone }: { line: number; zone: string }
): Applied {
  const notCarried = Object.hasOwn(NOT_CARRIED, name) ? NOT_CARRIED[name] : undefined
  if (notCarried !== undefined) return { settings, notes: [`${name} ${notCarried}`], reason: null }
  const isZone = name === 'CRON_TZ' || name === 'TZ'
  const zoned = isZone ? withZone(settings, value, { line, zone }) : settings
  if (isZone && zoned.zoneFault !== null) {
    const reason = `${shown(value)} is not a time zone; write one such as ${name}=Europe/Berlin.`
    return { settings: zoned, notes: [], reason }
  }
  if (name === 'CRON_TZ') return { settings: zoned, notes: [], reason: null }
  const env = { ...settings.env, [name]: value }
  const reason = faultOf(name, value, env)
  if (reason !== null) return { settings, notes: [], reason }
  return {
    settings: withPlace({ ...zoned, env }, name, value),
    notes: notesOf(name, value),
    reason
  }
}

function withZone(
  settings: Settings,
  value: string,
  { line, zone }: { line: number; zone: string }
): Settings {
  const found = value === '' ? zone : findTimezone(value.replace(/^:/, ''))
  if (found !== null) return { ...settings, zone: found, zoneFault: null }
  const zoneFault = `Line ${line} sets a time zone that is not known; correct it, or take it out.`
  return { ...settings, zoneFault }
}

function withPlace(settings: Settings, name: string, value: string): Settings {
  if (name === 'SHELL' && value !== '') return { ...settings, shell: value }
  if (name === 'HOME') return { ...settings, cwd: value.startsWith('/') ? value : null }
  return settings
}

function faultOf(name: string, value: string, env: Settings['env']): string | null {
  if (!NAME.test(name)) {
    return `${shown(name)} is not a variable name; use letters, digits and "_".`
  }
  if (name.startsWith(RESERVED_PREFIX)) {
    return `The variable "${name}" is set by the scheduler; leave it out.`
  }
  if (value.length > MAX_VALUE_LENGTH) {
    return `"${name}" has ${value.length} characters, but may have ${MAX_VALUE_LENGTH}; shorten it.`
  }
  if (Object.keys(env).length <= MAX_VARIABLES) return null
  return `There are more than ${MAX_VARIABLES} variables; leave some out.`
}

function notesOf(name: string, value: string): string[] {
  if (name === 'TZ') return ['TZ is taken as the zone of schedules too; CRON_TZ is that alone.']
  return value.includes('$') ? [`As in cron, "$" in the value of ${name} stays as it is.`] : []
}
