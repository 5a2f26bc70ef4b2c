import { formatDuration, parseDuration } from '../duration.ts'
import { CarillonError } from '../errors.ts'
import { parseHttpTarget } from '../http-target.ts'
import type { JobInput } from '../job.ts'
import { HTTP_METHODS, type HttpTarget } from '../target.ts'
import { NotUnderstood } from './not-understood.ts'

/** A request that a program was called for, as parts of a job. */
export interface HttpCall {
  job: { target: HttpTarget; timeout: string; retry: NonNullable<JobInput['retry']> }
  notes: string[]
}

/** What is gathered of a request while options are read. */
export interface RequestParts {
  url: string
  method: string
  headers: Map<string, string>
  /** Sent as it is. */
  body: string | null
  success: string
  /** Null where the program waits for ever. */
  timeoutMs: number | null
  retry: NonNullable<JobInput['retry']>
  notes: string[]
}

/** As long as a command may take by default: neither curl nor wget gives up by itself. */
const LONGEST_MS = 3_600_000
const MAX_SECONDS = /^\d{1,8}(?:\.\d{1,3})?$/
const JSON_TYPE = /[/+]json\s*(?:;|$)/i

/** @throws NotUnderstood for a request that a job cannot send just so */
export function finishCall(parts: RequestParts): HttpCall {
  const { headers, body, success, timeoutMs, retry, notes } = parts
  const method = HTTP_METHODS.find((one) => one === parts.method)
  if (method === undefined) throw new NotUnderstood(`No job sends ${parts.method}.`)
  const type = [...headers].find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  if (body !== null && JSON_TYPE.test(type)) checkJson(body)
  const target: HttpTarget = {
    type: 'http',
    url: wholeUrl(parts.url),
    method,
    ...(headers.size > 0 && { headers: Object.fromEntries(headers) }),
    ...(body !== null && { body }),
    ...(success !== '2xx' && { success })
  }
  try {
    parseHttpTarget(target)
  } catch (error) {
    throw error instanceof CarillonError ? new NotUnderstood(error.message) : error
  }
  return { job: { target, timeout: formatDuration(timeoutMs ?? LONGEST_MS), retry }, notes }
}

/** A JSON type with another text would be sent as a string of JSON. */
function checkJson(body: string): void {
  try {
    JSON.parse(body)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new NotUnderstood('Its body is declared as JSON, but is none.')
  }
}

/** Both programs take an address without a scheme, too. */
function wholeUrl(text: string): string {
  if (/[{}[\]\s]/.test(text)) throw new NotUnderstood('Its URL has brackets or blanks.')
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`
}

/**
 * Adds `Name: value`.
 * @throws NotUnderstood for what is none, and for a second header of the same name
 */
export function addHeader(headers: Map<string, string>, line: string): void {
  const [, name = '', value = ''] = /^([^:\s]+):\s*(\S.*?)\s*$/s.exec(line) ?? []
  if (name === '') throw new NotUnderstood(`"${line.slice(0, 40)}" is not a header with a value.`)
  const isThere = [...headers.keys()].some((known) => known.toLowerCase() === name.toLowerCase())
  if (isThere) throw new NotUnderstood(`It sets the header "${name.slice(0, 40)}" twice.`)
  headers.set(name, value)
}

/** Adds a header unless the line has set it itself. */
export function addDefault(headers: Map<string, string>, name: string, value: string): void {
  if ([...headers.keys()].every((known) => known.toLowerCase() !== name.toLowerCase())) {
    headers.set(name, value)
  }
}

/** RFC 7617. @throws NotUnderstood without a password, which would be asked for */
export function basicOf(userAndPassword: string): string {
  if (!userAndPassword.includes(':')) throw new NotUnderstood('It would ask for a password.')
  return `Basic ${Buffer.from(userAndPassword).toString('base64')}`
}

/** Milliseconds of whole or broken seconds; null for 0, which stands for no limit. */
export function secondsOf(option: string, text: string): number | null {
  const ms = MAX_SECONDS.test(text) ? Math.round(Number(text) * 1000) : null
  if (ms === null || parseDuration(formatDuration(ms)) === null) {
    throw new NotUnderstood(`The value of ${option} is no number of seconds.`)
  }
  return ms === 0 ? null : ms
}

/** @throws NotUnderstood for more than a job may have */
export function attemptsOf(option: string, text: string, more: number): number {
  const attempts = /^\d{1,3}$/.test(text) ? Number(text) + more : 0
  if (attempts >= 1 && attempts <= 100) return attempts
  throw new NotUnderstood(`The value of ${option} is more than a job does, or none.`)
}
