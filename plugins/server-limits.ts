import type { FastifyHttpOptions, FastifyInstance, RawServerDefault } from 'fastify'
import { answerBrokenRequest, MAX_HEADER_BYTES } from './broken-request.ts'
import type { Config } from '../src/config.ts'

/** How long a client may take, in milliseconds. */
export const TIMEOUTS = {
  /** For all headers of a request. */
  headers: 20_000,
  /** For a request with its body. */
  request: 30_000,
  /** Between two requests on a connection. */
  idle: 10_000,
  /** How often connections are looked at for these. */
  checks: 1_000
} as const
export type Timeouts = Readonly<Record<keyof typeof TIMEOUTS, number>>

/** A proxy keeps its connections for about a minute, and must be the first to close them. */
const IDLE_BEHIND_PROXY_MS = 72_000
export const MAX_CONNECTIONS = 5_000
/** The longest thing in a path is a key of 200 characters, of two units each. */
const MAX_PARAM_LENGTH = 400

/**
 * What a server is made with so that nobody can hold on to more of it than to others is left. There
 * is no `handlerTimeout`: it would end streams of events, and answer for writes that go on; what the
 * database takes has deadlines of its own. Nor `maxRequestsPerSocket`: who may connect again is not
 * held back by it, and clients that do not look for the end of a connection would get 503.
 */
export function serverLimits(
  { trustProxy }: Pick<Config, 'trustProxy'>,
  timeouts: Timeouts = TIMEOUTS
) {
  return {
    trustProxy: trustProxy ?? false,
    requestTimeout: timeouts.request,
    keepAliveTimeout: trustProxy === null ? timeouts.idle : IDLE_BEHIND_PROXY_MS,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    http: {
      headersTimeout: timeouts.headers,
      connectionsCheckingInterval: timeouts.checks,
      maxHeaderSize: MAX_HEADER_BYTES
    },
    clientErrorHandler: answerBrokenRequest
  } satisfies FastifyHttpOptions<RawServerDefault>
}

/** Bounds the connections of a server; of more, each is closed at once. */
export function limitConnections({ server, log }: FastifyInstance): void {
  server.maxConnections = MAX_CONNECTIONS
  let isFull = false
  server.on('drop', () => {
    if (!isFull) log.warn({ connections: MAX_CONNECTIONS }, 'Connections are refused: too many.')
    isFull = true
  })
  server.on('connection', () => {
    isFull = false
  })
}
