import { refuse } from './errors.ts'
import { checkSigningSecrets } from './secrets/signing-secret.ts'
import { headerPointer } from './secrets/stored-input.ts'
import type { HttpTarget } from './target.ts'
import { shown } from './validation.ts'

const MAX_HEADERS = 50
const MAX_HEADER_BYTES = 16_384

/** RFC 9110 §5.6.2: the characters of a field name. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/
/** RFC 9110 §5.5: visible ASCII, spaces and tabs; no CR, LF or NUL. */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** What the scheduler or the connection sets; RFC 9110 §7.6.1 and our own. */
const RESERVED = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'te',
  'traceparent',
  'tracestate',
  'trailer',
  'transfer-encoding',
  'upgrade'
])
const RESERVED_PREFIXES = ['carillon-', 'proxy-', 'webhook-']

/** Tells whether a status code means success. */
export type SuccessRule = (status: number) => boolean

/** What of an HTTP target needs parsing, checked and ready for use. */
export interface ParsedHttpTarget {
  url: URL
  isSuccess: SuccessRule
}

/** @throws CarillonError `validation_failed` for a URL, header or success rule that cannot work. */
export function parseHttpTarget(target: HttpTarget): ParsedHttpTarget {
  checkHeaders(target.headers ?? {})
  checkSigningSecrets([target.secret ?? []].flat())
  checkBody(target)
  return { url: parseUrl(target.url), isSuccess: parseSuccess(target.success ?? '2xx') }
}

function parseUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null) {
    throw refuse(
      '/target/url',
      `"target.url" is ${shown(text)}, but must be a whole URL such as "https://example.com/hook".`
    )
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw refuse(
      '/target/url',
      `"target.url" has the scheme "${url.protocol}", but must be http: or https:.`
    )
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse(
      '/target/url',
      '"target.url" holds a user name or password; send them in an Authorization header.'
    )
  }
  return url
}

function checkHeaders(headers: NonNullable<HttpTarget['headers']>): void {
  const entries = Object.entries(headers).map(
    ([name, value]) => [name, typeof value === 'string' ? value : value.secret] as const
  )
  if (entries.length > MAX_HEADERS) {
    throw refuse(
      '/target/headers',
      `"target.headers" has ${entries.length} headers, but may have ${MAX_HEADERS}.`
    )
  }
  for (const [name, value] of entries) checkHeader(name, value)
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  if (bytes > MAX_HEADER_BYTES) {
    throw refuse(
      '/target/headers',
      `"target.headers" has ${bytes} bytes, but may have ${MAX_HEADER_BYTES}.`
    )
  }
}

function checkHeader(name: string, value: string): void {
  const pointer = headerPointer(name.slice(0, 100))
  const lower = name.toLowerCase()
  if (!TOKEN.test(name)) {
    throw refuse(pointer, `${shown(name)} is not a header name; use letters, digits and hyphens.`)
  }
  if (RESERVED.has(lower) || RESERVED_PREFIXES.some((prefix) => lower.startsWith(prefix))) {
    throw refuse(pointer, `The header "${name}" is set by the scheduler; leave it out.`)
  }
  if (!FIELD_VALUE.test(value)) {
    throw refuse(
      pointer,
      `The header "${name}" has a line break or another character that no header may hold; remove it.`
    )
  }
}

function checkBody(target: HttpTarget): void {
  if (target.body !== undefined && (target.method === 'GET' || target.method === 'HEAD')) {
    throw refuse(
      '/target/body',
      `"target.body" is set, but ${target.method} requests have none; use POST, or remove it.`
    )
  }
}

const CLASS = /^([1-5])xx$/
const RANGE = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/

function parseSuccess(text: string): SuccessRule {
  const rules = text.split(',').map((part) => parseSuccessPart(part.trim()))
  if (rules.includes(null)) {
    throw refuse(
      '/target/success',
      `"target.success" is ${shown(text)}, but must list classes, codes or ranges, such as "2xx,304" or "200-204".`
    )
  }
  return (status) => rules.some((rule) => rule !== null && status >= rule.from && status <= rule.to)
}

function parseSuccessPart(part: string): { from: number; to: number } | null {
  const statusClass = CLASS.exec(part)
  if (statusClass !== null) {
    const from = Number(statusClass[1]) * 100
    return { from, to: from + 99 }
  }
  const range = RANGE.exec(part)
  if (range === null) return null
  const from = Number(range[1])
  const to = range[2] === undefined ? from : Number(range[2])
  return to < from ? null : { from, to }
}
