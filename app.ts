import path from 'node:path'
import autoload from '@fastify/autoload'
import sensible from '@fastify/sensible'
import type { FastifyInstance } from 'fastify'
import authPlugin from './plugins/auth.ts'
import browserGuardPlugin from './plugins/browser-guard.ts'
import cachePlugin from './plugins/cache.ts'
import clockPlugin from './plugins/clock.ts'
import dashboardPlugin from './plugins/dashboard.ts'
import dbPlugin from './plugins/db.ts'
import docsPagePlugin from './plugins/docs-page.ts'
import errorsPlugin from './plugins/errors.ts'
import eventLogPlugin from './plugins/event-log.ts'
import failedKeysPlugin from './plugins/failed-keys.ts'
import feedPlugin from './plugins/feed.ts'
import healthPlugin from './plugins/health.ts'
import hostDocumentPlugin from './plugins/host-document.ts'
import idempotencyPlugin from './plugins/idempotency.ts'
import type { AppOptions } from './plugins/instance.ts'
import metricsPlugin from './plugins/metrics.ts'
import noticesPlugin from './plugins/notices.ts'
import openapiPlugin from './plugins/openapi.ts'
import rateLimitPlugin from './plugins/rate-limit.ts'
import schedulerPlugin from './plugins/scheduler.ts'
import securityHeadersPlugin from './plugins/security-headers.ts'
import validationPlugin from './plugins/validation.ts'

/** Routes that a host application has no use for: who may call is its own to say. */
const OF_THE_SERVICE = /^keys$/

/**
 * The whole application in the encapsulated context it is given: the parts in the order in which
 * they need each other, the routes on top.
 */
export default async function app(instance: FastifyInstance, options: AppOptions): Promise<void> {
  await instance.register(sensible)
  await instance.register(securityHeadersPlugin, options)
  await instance.register(errorsPlugin, options)
  await instance.register(browserGuardPlugin, options)
  await instance.register(failedKeysPlugin, options)
  await instance.register(validationPlugin)
  await instance.register(dbPlugin, options)
  await instance.register(clockPlugin, options)
  await instance.register(schedulerPlugin, options)
  await instance.register(authPlugin, options)
  await instance.register(rateLimitPlugin, options)
  await instance.register(eventLogPlugin)
  await instance.register(cachePlugin, options)
  await instance.register(noticesPlugin)
  await instance.register(feedPlugin, options)
  await instance.register(metricsPlugin, options)
  await instance.register(healthPlugin, options)
  if (options.routes === false) return
  await instance.register(hostDocumentPlugin)
  await instance.register(idempotencyPlugin)
  await instance.register(openapiPlugin)
  await instance.register(docsPagePlugin)
  await instance.register(dashboardPlugin, options)
  await instance.register(autoload, {
    dir: path.join(import.meta.dirname, 'routes'),
    options: { config: options.config },
    ...(options.isService !== true && { ignorePattern: OF_THE_SERVICE })
  })
}
