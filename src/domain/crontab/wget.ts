import {
  addDefault,
  addHeader,
  attemptsOf,
  basicOf,
  finishCall,
  type HttpCall,
  type RequestParts
} from './http-call.ts'
import { NotUnderstood } from './not-understood.ts'
import { readOptions, type KnownOptions } from './options.ts'

const QUIET = ['quiet', 'no-verbose', 'verbose', 'no-cookies', 'no-hsts', 'no-cache'] as const

const WGET: KnownOptions = {
  hasInline: true,
  letters: {
    O: 'output-document',
    T: 'timeout',
    U: 'user-agent',
    // -nv, the one of its kind that is understood.
    n: 'n',
    q: 'quiet',
    t: 'tries',
    v: 'verbose'
  },
  names: {
    ...Object.fromEntries(QUIET.map((name) => [name, false])),
    'auth-no-challenge': false,
    'body-data': true,
    'delete-after': false,
    header: true,
    'http-password': true,
    'http-user': true,
    method: true,
    n: true,
    'no-check-certificate': false,
    'output-document': true,
    password: true,
    'post-data': true,
    referer: true,
    spider: false,
    timeout: true,
    tries: true,
    user: true,
    'user-agent': true
  }
}

interface Wget extends Omit<RequestParts, 'url' | 'method' | 'success'> {
  method: string | null
  user: string | null
  password: string | null
  /** Whether what it gets is kept as a file. */
  saves: boolean
}

type Handle = (call: Wget, value: string) => void

const setUser: Handle = (call, value) => {
  call.user = value
}
const setPassword: Handle = (call, value) => {
  call.password = value
}

const HANDLES: Readonly<Record<string, Handle>> = {
  'body-data': (call, value) => {
    call.body = value
  },
  'delete-after': (call) => {
    call.saves = false
  },
  header: ({ headers }, value) => addHeader(headers, value),
  'http-password': setPassword,
  'http-user': setUser,
  method: (call, value) => {
    call.method = value.toUpperCase()
  },
  n: (_call, value) => {
    if (value !== 'v') throw new NotUnderstood(`"-n${value}" is not understood here.`)
  },
  'no-cache': ({ headers }) => addDefault(headers, 'Cache-Control', 'no-cache'),
  'no-check-certificate': () => {
    throw new NotUnderstood(
      '"--no-check-certificate" turns off the check of certificates, which a job always makes.'
    )
  },
  'output-document': (call, value) => {
    if (value !== '/dev/null' && value !== '-') throw new NotUnderstood('It writes a file.')
    call.saves = false
  },
  password: setPassword,
  'post-data': (call, value) => {
    call.method ??= 'POST'
    call.body = value
  },
  referer: ({ headers }, value) => addHeader(headers, `Referer: ${value}`),
  spider: (call) => {
    call.method ??= 'HEAD'
    call.saves = false
  },
  timeout: ({ notes }) => {
    notes.push('--timeout is not carried over: it is of a silence, that of a job of an attempt.')
  },
  tries: (call, value) => {
    call.retry.max_attempts = attemptsOf('--tries', value, 0)
  },
  user: setUser,
  'user-agent': ({ headers }, value) => addHeader(headers, `User-Agent: ${value}`)
}

/**
 * The request of a call of GNU Wget; wget(1).
 * @throws NotUnderstood
 */
export function readWget(args: readonly string[]): HttpCall {
  const { options, operands } = readOptions(args, WGET)
  const call: Wget = {
    method: null,
    headers: new Map(),
    body: null,
    user: null,
    password: null,
    saves: true,
    timeoutMs: null,
    retry: { max_attempts: 1 },
    notes: ['Redirects are not followed: name the address that they lead to.']
  }
  for (const { name, value } of options) HANDLES[name]?.(call, value)
  const [url, ...others] = operands
  if (url === undefined || others.length > 0)
    throw new NotUnderstood('It calls no URL, or several.')
  if (call.saves) throw new NotUnderstood('Without "-O /dev/null", it saves what it gets.')
  const { headers, user, password, body, method } = call
  if (user !== null) {
    addHeader(
      headers,
      `Authorization: ${basicOf(password === null ? user : `${user}:${password}`)}`
    )
  }
  if (body !== null) addDefault(headers, 'Content-Type', 'application/x-www-form-urlencoded')
  return finishCall({ ...call, url, method: method ?? 'GET', success: '2xx' })
}
