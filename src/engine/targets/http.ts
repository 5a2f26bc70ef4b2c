import type { Dispatcher } from 'undici'
import { createTargetPolicy } from '../../domain/addresses/target-policy.ts'
import { CarillonError } from '../../domain/errors.ts'
import { failure, refusal, type Outcome } from '../../domain/outcome.ts'
import type { HttpTarget } from '../../domain/target.ts'
import type { AttemptContext, Perform } from '../attempt.ts'
import { createVault, NO_JOB_ID, type Vault } from '../vault.ts'
import { callingOf, callingOfTest, type Calling } from './http-calling.ts'
import { createConnections, type ConnectionOptions, type Connections } from './http-connections.ts'
import { TargetRefused } from './guarded-connector.ts'
import { exchange, type HttpAnswer } from './http-exchange.ts'
import { judge } from './http-outcome.ts'
import { buildRequest, prepareRequest, USER_AGENT, type PreparedRequest } from './http-request.ts'
import { networkMessage } from './network-message.ts'
import { openSecrets, SecretUnreadable } from './open-secrets.ts'

/** All of it has defaults. */
export interface HttpTargetOptions extends Partial<ConnectionOptions> {
  /** Sent when the job names none of its own; "carillon". */
  userAgent?: string
  /** In place of connections of its own; closing it is the caller's. For tests. */
  dispatcher?: Dispatcher
  /** Opens the secrets of targets; none of them opens without. */
  vault?: Vault
  /** Epoch milliseconds; what a `Retry-After` date is counted from, and what signatures name. */
  now?: () => number
}

/** A target that is tried. */
export interface HttpTest {
  target: HttpTarget
  params: unknown
  /** Of the job whose secrets it has; null where they are sealed for none. */
  jobId: number | null
  /** The deadline. */
  signal: AbortSignal
}

/** What came of a request, and the answer itself; null where none came. */
export interface HttpTested {
  outcome: Outcome
  answer: HttpAnswer | null
}

/** Carries out the attempts of jobs with an `http` target. */
export interface HttpPerformer {
  /**
   * Sends the request and judges its answer. The deadline and the cancelling are the caller's: when
   * the attempt's signal fires, the socket is destroyed at once and the promise rejects with the
   * signal's reason. Everything else, network errors included, is an outcome.
   */
  perform: Perform
  /** Sends the same request outside of any run, and says so to the receiver. */
  test: (test: HttpTest) => Promise<HttpTested>
  /**
   * Closes every connection at once. Attempts must have been aborted or awaited before; one that
   * comes later, after a new start, opens connections of its own.
   */
  close(): Promise<void>
}

const DEFAULTS = {
  maxConnectionsPerOrigin: 100,
  connectTimeoutMs: 10_000,
  // Shorter than what usual servers keep (nginx 75 s, Node 5 s): a connection that the server closes
  // just as it is used again costs an attempt.
  keepAliveMs: 4000,
  // Whoever makes one of these for himself alone may call what he can reach.
  policy: createTargetPolicy({ allow: [], deny: [], isLocal: () => true })
} satisfies ConnectionOptions

/** @see HttpTargetOptions for what can be set. */
export function createHttpPerformer(options: HttpTargetOptions = {}): HttpPerformer {
  const { userAgent = USER_AGENT, now = Date.now, dispatcher, ...others } = options
  const { vault = createVault({ current: null, previous: null }), ...connectionOptions } = others
  let connections: Connections | null = null
  const prepare = cached((target, jobId) =>
    prepareRequest(openSecrets(target, jobId, vault), userAgent)
  )

  function connect(): Connections {
    connections ??= createConnections({ ...DEFAULTS, ...connectionOptions })
    return connections
  }

  async function send(
    prepared: PreparedRequest,
    calling: Calling,
    signal: AbortSignal
  ): Promise<HttpTested> {
    const { origin, isSuccess } = prepared
    const request = buildRequest(prepared, calling, now())
    let answer: HttpAnswer
    try {
      answer = await exchange(dispatcher ?? connect().dispatcher, request, { signal, now })
    } catch (error) {
      if (signal.aborted || !(error instanceof Error)) throw error
      return { outcome: failureOf(error, origin), answer: null }
    }
    return { outcome: judge(answer, { isSuccess, origin, now: now() }), answer }
  }

  async function perform(attempt: AttemptContext): Promise<Outcome> {
    const prepared = prepareOrFail(() => prepare(httpTarget(attempt), attempt.job.id))
    if ('kind' in prepared) return prepared
    return (await send(prepared, callingOf(attempt), attempt.signal)).outcome
  }

  async function test({ target, jobId, params, signal }: HttpTest): Promise<HttpTested> {
    const prepared = prepareOrFail(() => prepare(target, jobId ?? NO_JOB_ID))
    if ('kind' in prepared) return { outcome: prepared, answer: null }
    return send(prepared, callingOfTest({ jobId, params }, now()), signal)
  }

  async function close(): Promise<void> {
    const closing = connections
    connections = null
    await closing?.close()
  }

  return { perform, test, close }
}

function failureOf(error: Error, origin: string): Outcome {
  if (error instanceof TargetRefused) return refusal('target_refused', error.message)
  return failure('network', networkMessage(origin, error))
}

function httpTarget({ job }: AttemptContext): HttpTarget {
  const { target } = job.definition
  if (target.type !== 'http') throw new Error(`A target of type "${target.type}" is not for HTTP.`)
  return target
}

/** Kept by the target object: ids are used again and versions restart, an object is only itself. */
function cached(prepare: (target: HttpTarget, jobId: number) => PreparedRequest) {
  const known = new WeakMap<HttpTarget, PreparedRequest>()
  return (target: HttpTarget, jobId: number): PreparedRequest => {
    const found = known.get(target)
    if (found !== undefined) return found
    const prepared = prepare(target, jobId)
    known.set(target, prepared)
    return prepared
  }
}

/** A stored target that today's rules refuse stays refused, and so does a secret that does not open. */
function prepareOrFail(prepare: () => PreparedRequest): PreparedRequest | Outcome {
  try {
    return prepare()
  } catch (error) {
    if (error instanceof SecretUnreadable) return refusal('secret_unreadable', error.message)
    if (!(error instanceof CarillonError)) throw error
    return refusal('invalid_target', error.message)
  }
}
