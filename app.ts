import path from 'node:path'
import autoload from '@fastify/autoload'
import sensible from '@fastify/sensible'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault
} from 'fastify'
import cachePlugin from './plugins/cache.ts'
import dbPlugin from './plugins/db.ts'
import errorsPlugin from './plugins/errors.ts'
import eventLogPlugin from './plugins/event-log.ts'
import metricsPlugin from './plugins/metrics.ts'
import schedulerPlugin from './plugins/scheduler.ts'
import validationPlugin from './plugins/validation.ts'
import type { Config } from './src/config.ts'
import type { Clock } from './src/domain/clock.ts'
import type { Handler } from './src/engine/targets/handler.ts'
import type { JobCache } from './src/job-cache.ts'
import type { Scheduler } from './src/scheduler.ts'
import type { Database } from './src/store/db.ts'
import type { Metrics } from './plugins/metrics.ts'

/** What the plugins and routes need to know. */
export interface AppOptions {
  config: Config
  handlers?: Readonly<Record<string, Handler>>
  /** For tests; the machine's own by default. */
  clock?: Clock
  /** Without routes, only the scheduler runs. */
  routes?: boolean
}

/** The instance that our routes and plugins see; a host's own decorators are hidden behind ours. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
> & {
  db: Database
  scheduler: Scheduler
  cache: JobCache
  carillonMetrics: Metrics
  carillonConfig: Config
}

/**
 * The whole application in the encapsulated context it is given: parts first, in the order in which
 * they need each other, routes on top.
 */
export default async function app(instance: FastifyInstance, options: AppOptions): Promise<void> {
  instance.decorate('carillonConfig', options.config)
  await instance.register(sensible)
  await instance.register(errorsPlugin)
  await instance.register(validationPlugin)
  await instance.register(dbPlugin, options)
  await instance.register(schedulerPlugin, options)
  await instance.register(eventLogPlugin)
  await instance.register(cachePlugin, options)
  await instance.register(metricsPlugin, options)
  if (options.routes === false) return
  await instance.register(autoload, {
    dir: path.join(import.meta.dirname, 'routes'),
    forceESM: true
  })
}
