import {
  addDefault,
  addHeader,
  attemptsOf,
  basicOf,
  finishCall,
  secondsOf,
  type HttpCall,
  type RequestParts
} from './http-call.ts'
import { NotUnderstood } from './not-understood.ts'
import { readOptions, type KnownOptions } from './options.ts'

/** What changes nothing of the request, nor of what counts as success. */
const QUIET = [
  'silent',
  'show-error',
  'no-progress-meter',
  'progress-bar',
  'no-buffer',
  'verbose',
  'include',
  'compressed',
  'globoff',
  'http1.1',
  'retry-connrefused',
  'disable'
] as const

const CURL: KnownOptions = {
  hasInline: false,
  letters: {
    '#': 'progress-bar',
    A: 'user-agent',
    H: 'header',
    I: 'head',
    L: 'location',
    N: 'no-buffer',
    S: 'show-error',
    X: 'request',
    b: 'cookie',
    d: 'data',
    e: 'referer',
    f: 'fail',
    g: 'globoff',
    i: 'include',
    k: 'insecure',
    m: 'max-time',
    o: 'output',
    q: 'disable',
    s: 'silent',
    u: 'user',
    v: 'verbose'
  },
  names: {
    ...Object.fromEntries(QUIET.map((name) => [name, false])),
    'connect-timeout': true,
    cookie: true,
    data: true,
    'data-ascii': true,
    'data-binary': true,
    'data-raw': true,
    fail: false,
    'fail-with-body': false,
    head: false,
    header: true,
    insecure: false,
    json: true,
    location: false,
    'max-time': true,
    output: true,
    referer: true,
    request: true,
    retry: true,
    'retry-delay': true,
    url: true,
    user: true,
    'user-agent': true
  }
}

interface Curl extends Omit<RequestParts, 'url' | 'method' | 'body' | 'success'> {
  urls: string[]
  method: string | null
  data: string[]
  isJson: boolean
  fails: boolean
  follows: boolean
}

type Handle = (call: Curl, value: string) => void

const HANDLES: Readonly<Record<string, Handle>> = {
  'connect-timeout': ({ notes }) => {
    notes.push('--connect-timeout is not carried over: the timeout is of the whole attempt.')
  },
  cookie: ({ headers }, value) => {
    if (!value.includes('=')) throw new NotUnderstood('It reads cookies from a file.')
    addHeader(headers, `Cookie: ${value}`)
  },
  data: ({ data }, value) => data.push(notFromFile(value)),
  'data-ascii': ({ data }, value) => data.push(notFromFile(value)),
  'data-binary': ({ data }, value) => data.push(notFromFile(value)),
  'data-raw': ({ data }, value) => data.push(value),
  fail: (call) => {
    call.fails = true
  },
  'fail-with-body': (call) => {
    call.fails = true
  },
  head: (call) => {
    call.method ??= 'HEAD'
  },
  header: ({ headers }, value) => addHeader(headers, notFromFile(value)),
  insecure: () => {
    throw new NotUnderstood('"-k" turns off the check of certificates, which a job always makes.')
  },
  json: (call, value) => {
    call.isJson = true
    call.data.push(notFromFile(value))
  },
  location: (call) => {
    call.follows = true
    call.notes.push('Redirects are not followed: name the address that they lead to.')
  },
  'max-time': (call, value) => {
    call.timeoutMs = secondsOf('--max-time', value)
  },
  output: (_call, value) => {
    if (value !== '/dev/null' && value !== '-') throw new NotUnderstood('It writes a file.')
  },
  referer: ({ headers }, value) => addHeader(headers, `Referer: ${value}`),
  request: (call, value) => {
    call.method = value
  },
  retry: (call, value) => {
    call.retry.max_attempts = attemptsOf('--retry', value, 1)
  },
  'retry-delay': (call, value) => {
    const ms = secondsOf('--retry-delay', value)
    if (ms === null) return
    call.retry.backoff = 'fixed'
    call.retry.initial = `${ms}ms`
  },
  url: ({ urls }, value) => urls.push(value),
  user: ({ headers }, value) => addHeader(headers, `Authorization: ${basicOf(value)}`),
  'user-agent': ({ headers }, value) => addHeader(headers, `User-Agent: ${value}`)
}

/**
 * The request of a call of curl; curl(1).
 * @throws NotUnderstood
 */
export function readCurl(args: readonly string[]): HttpCall {
  const { options, operands } = readOptions(args, CURL)
  const call: Curl = {
    urls: operands,
    method: null,
    headers: new Map(),
    data: [],
    isJson: false,
    fails: false,
    follows: false,
    timeoutMs: null,
    retry: { max_attempts: 1 },
    notes: []
  }
  for (const { name, value } of options) HANDLES[name]?.(call, value)
  const [url, ...others] = call.urls
  if (url === undefined || others.length > 0)
    throw new NotUnderstood('It calls no URL, or several.')
  if (!call.fails) call.notes.push('Without -f, curl takes 400 and more for success; a job fails.')
  return finishCall({ ...call, url, ...bodyOf(call), success: successOf(call) })
}

/** Without -L, curl is content with a redirect; with it, the work is behind the redirect. */
function successOf({ follows }: Curl): string {
  return follows ? '2xx' : '200-399'
}

function bodyOf({ data, isJson, method, headers }: Curl): { method: string; body: string | null } {
  if (data.length === 0) return { method: method ?? 'GET', body: null }
  const type = isJson ? 'application/json' : 'application/x-www-form-urlencoded'
  addDefault(headers, 'Content-Type', type)
  if (isJson) addDefault(headers, 'Accept', 'application/json')
  return { method: method ?? 'POST', body: data.join(isJson ? '' : '&') }
}

function notFromFile(value: string): string {
  if (value.startsWith('@')) throw new NotUnderstood('It reads what it sends from a file.')
  return value
}
