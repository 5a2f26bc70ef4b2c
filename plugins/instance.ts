import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify'
import type { Dispatcher } from 'undici'
import type { Config } from '../src/config.ts'
import type { Scope } from '../src/domain/api-key.ts'
import type { Clock } from '../src/domain/clock.ts'
import type { ShownOption } from '../src/domain/system.ts'
import type { HandlerDefinition } from '../src/engine/targets/handler-definition.ts'
import type { Handler } from '../src/engine/targets/handler.ts'
import type { Feed } from '../src/feed/feed.ts'
import type { JobCache } from '../src/job-cache.ts'
import type { Operations } from '../src/operations/operations.ts'
import type { Scheduler } from '../src/scheduler.ts'
import type { Database } from '../src/store/db.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What requests of this route are counted under. */
    operation?: string
    /** Whether requests of this route need no API key. */
    open?: boolean
    /**
     * What a key must be for, to be used for it; null where any key will do. Every route that is not
     * open has one.
     */
    scope?: Scope | null
    /** False for a POST whose answer must not be kept, so that it cannot be sent again. */
    once?: boolean
    /** Whether a POST may be sent again as it is: then a key for it is needless, and looked past. */
    idempotent?: boolean
    /** Whether requests of this route may be as many as anyone likes. */
    unlimited?: boolean
  }
}

/** What a request asks for. */
export interface Action {
  /** Such as `create_job`, as requests are counted under. */
  readonly operation: string
  readonly scope: Scope
}

/** Whether a request may do something: who sends it, where that is known; false refuses it. */
export type Authorize = (request: FastifyRequest, action: Action) => Verdict | Promise<Verdict>
type Verdict = boolean | { readonly actor: string }

/** What the plugins and routes need to know. */
export interface AppOptions {
  config: Config
  /** The options as they may be shown; all of them, from wherever, if left out. */
  shown?: readonly ShownOption[]
  handlers?: Readonly<Record<string, Handler | HandlerDefinition>>
  /** Whether this is the service itself, and not a part of another application. */
  isService?: boolean
  /** Of the host application: whether a request may do something. */
  authorize?: Authorize
  /** For tests; the machine's own by default. */
  clock?: Clock
  /** What `http` targets send by; for tests. */
  dispatcher?: Dispatcher
  /** Without routes, only the scheduler runs. */
  routes?: boolean
  /** False where a host application has paths beside ours, and answers those that nobody has. */
  notFound?: boolean
}

/** What `GET /metrics` sends. */
export interface Scrape {
  readonly contentType: string
  text(): Promise<string>
}

/** What our plugins decorate, each its own part. */
export interface Decorators {
  db: Database
  clock: Clock
  /** How far the clock of this machine is ahead of the one in force, in milliseconds. */
  clockSkewMs: () => number
  scheduler: Scheduler
  /**
   * What the handler of a route that writes calls: the scheduler, in the name of who sent the request,
   * and within what makes it idempotent.
   */
  operationsFor: (request: FastifyRequest) => Operations
  cache: JobCache
  /** What happens, for whoever listens. */
  feed: Feed
  scrape: Scrape
  health: Health
  /** The description of the API as JSON, made when it is first asked for. */
  openapi: () => string
}

/** Whether the service can do its work now. */
export interface Health {
  look(): Promise<{
    /** Sentences that say what is wrong; none when it is ready. */
    faults: string[]
    /** Whether all scheduling is paused, which is no fault; false where it cannot be known. */
    isPaused: boolean
  }>
}

/**
 * The instance as our plugins and routes see it. The decorators are not declared for Fastify at
 * large: a host application may have a `db` of its own, and keeps it.
 */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
> &
  Decorators

/** The instance inside our own encapsulated context. */
export function appOf(instance: FastifyInstance): App {
  return instance as unknown as App
}
