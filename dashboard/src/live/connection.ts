import type { FeedEvent } from '../../../client.ts'
import { addressOf } from '../service.ts'
import { signal } from '../signal/signal.ts'
import { noteCurrent } from './answers.ts'
import { announce } from './news.ts'
import { greet, noteServer } from './server.ts'

export type ConnectionState = 'connecting' | 'live' | 'paused' | 'reconnecting' | 'offline'

/** How the stream of events is doing. */
export const connection = signal<ConnectionState>('connecting')

/** When the stream is tried again, in epoch milliseconds of this browser; of interest while it is broken. */
export const nextTryAt = signal(0)

const TOPICS = 'jobs,runs,stats,replicas,scheduling'
const NAMES = ['job', 'run', 'stats', 'replica', 'scheduling', 'resync'] as const
/** That of the service, too, which tells browsers so. */
const REOPEN_MS = 2_000
/** A page that nobody looks at gives its connection back. */
const HIDDEN_MS = 30_000
/** After so many failures in a row the page asks for everything itself, now and then. */
const FAILURES_BEFORE_POLLING = 3
const POLL_MS = 5_000

const RESYNC: FeedEvent = { name: 'resync', data: { reason: 'gap' } }

let stream: EventSource | null = null
let failures = 0
let reopening: number | undefined
let polling: number | undefined

function open(): void {
  clearTimeout(reopening)
  stream?.close()
  const opened = new EventSource(addressOf(`events?topics=${TOPICS}`))
  stream = opened
  opened.addEventListener('hello', (event) => hello(JSON.parse(event.data)))
  for (const name of NAMES) {
    opened.addEventListener(name, (event) => {
      // The names and shapes are those of the service that sent this page.
      const told: FeedEvent = { name, data: JSON.parse(event.data) }
      noteServer(told)
      announce(told)
    })
  }
  opened.addEventListener('error', () => fail(opened))
}

function hello(told: Parameters<typeof greet>[0]): void {
  greet(told)
  const isReturn = connection.value !== 'connecting'
  connection.value = 'live'
  failures = 0
  clearInterval(polling)
  polling = undefined
  if (isReturn && !told.resume) announce(RESYNC)
}

function fail(failed: EventSource): void {
  if (failed !== stream) return
  if (connection.value === 'live') noteCurrent()
  failures++
  connection.value = failures < FAILURES_BEFORE_POLLING ? 'reconnecting' : 'offline'
  nextTryAt.value = Date.now() + REOPEN_MS
  if (connection.value === 'offline' && polling === undefined) {
    polling = window.setInterval(poll, POLL_MS)
    poll()
  }
  // A broken connection is opened again by the browser, which knows what was heard last; a refusal is not.
  if (failed.readyState === EventSource.CLOSED) reopening = window.setTimeout(open, REOPEN_MS)
}

function poll(): void {
  announce(RESYNC)
}

function close(): void {
  clearTimeout(reopening)
  clearInterval(polling)
  polling = undefined
  stream?.close()
  stream = null
}

/** Begins to listen, and goes on for as long as somebody looks at the page. */
export function connect(): void {
  open()
  let hiding: number | undefined
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding)
    if (document.hidden) hiding = window.setTimeout(close, HIDDEN_MS)
    else if (stream === null && connection.value !== 'paused') open()
  })
}

/** Stops what is shown from changing, until it is called again. */
export function togglePaused(): void {
  if (connection.value === 'paused') {
    connection.value = 'reconnecting'
    open()
  } else {
    close()
    noteCurrent()
    connection.value = 'paused'
  }
}
