import { MAX_NAME_LENGTH } from '../job.ts'
import { splitFields } from './entry.ts'
import { readSetting } from './settings.ts'
import { readShellLine } from './shell-words.ts'

/** Before the program that a line is about: changes of folder, tests, and what starts others. */
const BEFORE =
  /^(?:\s*(?:cd\s[^;&|]*(?:&&|;)|(?:\[|test)\s[^;&|]*(?:&&|\|\||;)|[{(!]|[A-Za-z_]\w*=\S*\s|(?:nice|ionice|nohup|chronic|sudo|env|exec|time)\s+(?:-\S+\s+(?:\d+\s+)?)*))*\s*/

/**
 * The name that a comment line gives to the entry below it; null for a heading, a line of
 * decoration, and an entry or a setting that was taken out.
 */
export function nameOfComment(text: string): string | null {
  const said = cleaned(text.replace(/^[#\s]+/, '').replace(/[#\s]+$/, ''))
  const isOrnament = !/\p{L}/u.test(said)
  const isHeading = /^(?:m\s+h\s+dom\s+mon\s+dow|min(?:ute)?\s+hour\s)|^[.|*\s]*\*\s/i.test(said)
  if (isOrnament || isHeading || isCode(said)) return null
  return said
}

function isCode(said: string): boolean {
  if (/^[-\d*@]/.test(said) && splitFields(said) !== null) return true
  return /^[A-Z_]+\s*=/.test(said) && readSetting(said) !== null
}

/** The program of a command, and what it is first told: "php artisan", "run-parts cron.daily". */
export function nameOfCommand(command: string): string {
  const { words } = readShellLine(command.replace(BEFORE, ''))
  const [program = '', ...args] = words.map(({ text }) => text)
  const [next = '-'] = args
  const first = isWord(next) ? next : args.find((arg) => IS_PATH.test(arg))
  const said = [program, ...(first === undefined ? [] : [first])].map(lastPart).join(' ')
  return cleaned(said) || cleaned(command) || 'command'
}

/** The host and the path of what is called. */
export function nameOfUrl(url: string): string {
  const { host, pathname } = new URL(url)
  return cleaned(`${host}${pathname}`.replace(/\/$/, '')) || host
}

const IS_PATH = /^\.{0,2}\/[^@=]*$/

/** What follows an option may be a secret, and names are told to many; so may what is none of this. */
function isWord(text: string): boolean {
  return /^[\w.:/][\w.:/ -]{0,59}$/.test(text) && !text.includes('://')
}

function lastPart(word: string): string {
  return IS_PATH.test(word) ? (word.split('/').findLast((part) => part !== '') ?? word) : word
}

/** One line that is short enough; half of a character at its end would be none. */
function cleaned(text: string): string {
  const line = text.replaceAll(/[\s\p{Cc}\p{Cs}]+/gu, ' ').trim()
  return line.slice(0, MAX_NAME_LENGTH).replace(/[\ud800-\udbff]$/, '')
}
