import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import type { Dispatcher } from 'undici'
import app from './app.ts'
import { knownOptions } from './core/known-options.ts'
import { appOf, type Authorize } from './plugins/instance.ts'
import { parseConfig, type Options } from './src/config.ts'
import type { Clock } from './src/domain/clock.ts'
import type { HandlerDefinition } from './src/engine/targets/handler-definition.ts'
import type { Handler } from './src/engine/targets/handler.ts'
import type { Scheduler } from './src/scheduler.ts'
import { listShownOptions, sourcesInCode } from './src/shown-options.ts'

export { CarillonError, type ErrorCode, type Fault } from './src/domain/errors.ts'
export type { Action, Authorize } from './plugins/instance.ts'
export {
  SCOPES,
  type ApiKey,
  type CreatedApiKey,
  type NewApiKey,
  type Scope
} from './src/domain/api-key.ts'
export type { Activity, ActivityRequest } from './src/domain/activity.ts'
export type { BulkReport, BulkRequest } from './src/domain/bulk.ts'
export type { Caller } from './src/domain/caller.ts'
export type { Clock } from './src/domain/clock.ts'
export type { CrontabLine, CrontabReport, CrontabRequest } from './src/domain/crontab-report.ts'
export type { FeedEvent, FeedJob, FeedRun, FeedTopic } from './src/domain/feed-event.ts'
export type { Forecast, ForecastQuery } from './src/domain/forecast.ts'
export type { Job, JobInput, JobPatch } from './src/domain/job.ts'
export type { Export, Manifest, ManifestReport } from './src/domain/manifest.ts'
export type { NextOccurrences } from './src/domain/next-occurrences.ts'
export type { Preview, PreviewInput } from './src/domain/preview.ts'
export type { Run } from './src/domain/run.ts'
export type { RunHour } from './src/domain/run-hours.ts'
export type { TargetTest, TargetTestRequest } from './src/domain/target-test.ts'
export type { PauseScheduling, Scheduling } from './src/domain/scheduling.ts'
export type { Pruned, System } from './src/domain/system.ts'
export type { AttemptContext } from './src/engine/attempt.ts'
export type { EventName, Events } from './src/engine/events.ts'
export type { Handler } from './src/engine/targets/handler.ts'
export {
  defineHandler,
  type HandlerDefinition,
  type TypedHandler
} from './src/engine/targets/handler-definition.ts'
export type { KeyOperations } from './src/operations/keys/key-operations.ts'
export type { Operations } from './src/operations/operations.ts'
export type { PutJob } from './src/operations/put-job.ts'
export type { Scheduler } from './src/scheduler.ts'

declare module 'fastify' {
  interface FastifyInstance {
    scheduler: Scheduler
  }
}

/** Those of the process; listening, logging and who may call are the host's. */
const PROCESS_OPTIONS = [
  'host',
  'port',
  'logLevel',
  'apiKey',
  'allowedHosts',
  'publicUrl',
  'trustProxy',
  'rateLimit'
] as const

/** What a host application sets; everything has a default. */
export interface CarillonOptions extends Partial<Omit<Options, (typeof PROCESS_OPTIONS)[number]>> {
  /** Where the routes are mounted. */
  prefix?: string
  /** The functions that targets of type `handler` call, by name. */
  handlers?: Readonly<Record<string, Handler | HandlerDefinition>>
  /** False for the scheduler alone, without an HTTP API. */
  routes?: boolean
  /** The name of the decorator on the host; another one for a second scheduler beside the first. */
  decorateAs?: string
  /**
   * Asked about each request to our routes, but for the open ones; left out, your hooks alone say who
   * may call. False is answered with 403.
   */
  authorize?: Authorize
  /** For tests. */
  clock?: Clock
  /** What `http` targets send by, in place of connections. For tests. */
  dispatcher?: Dispatcher
}

/**
 * Adds a scheduler to a Fastify application: `app.scheduler`, and the HTTP API under `prefix`. All
 * of it lives in a context of its own: the host's decorators, error handler, validator, metrics and
 * 404 stay as they are.
 */
async function carillon(host: FastifyInstance, options: CarillonOptions): Promise<void> {
  const { prefix = '/', handlers = {}, routes = true, decorateAs = 'scheduler' } = options
  const { clock, dispatcher, authorize } = options
  const given = knownOptions(options, { own: OWN_OPTIONS, except: PROCESS_OPTIONS })
  const config = parseConfig(given)
  const shown = listShownOptions(config, {
    sources: sourcesInCode(given),
    except: PROCESS_OPTIONS
  })
  await host.register(
    async (instance) => {
      // At the root, unknown paths may be anyone's.
      const notFound = routes && prefix !== '' && prefix !== '/'
      const forTests = { ...(clock && { clock }), ...(dispatcher && { dispatcher }) }
      const guard = authorize && { authorize }
      await app(instance, { config, shown, handlers, routes, notFound, ...guard, ...forTests })
      host.decorate(decorateAs, appOf(instance).scheduler)
    },
    { prefix }
  )
}

const OWN_OPTIONS = [
  'prefix',
  'handlers',
  'routes',
  'decorateAs',
  'authorize',
  'clock',
  'dispatcher'
]

export default fp(carillon, { name: 'carillon', fastify: '5.x' })
