import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import app from './app.ts'
import { appOf } from './plugins/instance.ts'
import { parseConfig, type Options } from './src/config.ts'
import type { Clock } from './src/domain/clock.ts'
import type { Handler } from './src/engine/targets/handler.ts'
import type { Scheduler } from './src/scheduler.ts'

export { CarillonError, type ErrorCode, type Fault } from './src/domain/errors.ts'
export type { Clock } from './src/domain/clock.ts'
export type { Job, JobInput, JobPatch } from './src/domain/job.ts'
export type { Run } from './src/domain/run.ts'
export type { AttemptContext } from './src/engine/attempt.ts'
export type { EventName, Events } from './src/engine/events.ts'
export type { Handler } from './src/engine/targets/handler.ts'
export type { Scheduler } from './src/scheduler.ts'

declare module 'fastify' {
  interface FastifyInstance {
    scheduler: Scheduler
  }
}

/** What a host application sets; everything has a default. */
export interface CarillonOptions extends Partial<Omit<Options, 'host' | 'port' | 'logLevel'>> {
  /** Where the routes are mounted. */
  prefix?: string
  /** The functions that targets of type `handler` call, by name. */
  handlers?: Readonly<Record<string, Handler>>
  /** False for the scheduler alone, without an HTTP API. */
  routes?: boolean
  /** The name of the decorator on the host; another one for a second scheduler beside the first. */
  decorateAs?: string
  /** For tests. */
  clock?: Clock
}

/**
 * Adds a scheduler to a Fastify application: `app.scheduler`, and the HTTP API under `prefix`. All
 * of it lives in a context of its own: the host's decorators, error handler, validator, metrics and
 * 404 stay as they are.
 */
async function carillon(host: FastifyInstance, options: CarillonOptions): Promise<void> {
  const { prefix = '/', handlers = {}, routes = true, decorateAs = 'scheduler', clock } = options
  const config = parseConfig(configOptions(options))
  await host.register(
    async (instance) => {
      await app(instance, { config, handlers, routes, ...(clock !== undefined && { clock }) })
      host.decorate(decorateAs, appOf(instance).scheduler)
    },
    { prefix }
  )
}

const OWN_OPTIONS = new Set(['prefix', 'handlers', 'routes', 'decorateAs', 'clock'])

function configOptions(options: CarillonOptions): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => !OWN_OPTIONS.has(name)))
}

export default fp(carillon, { name: 'carillon', fastify: '5.x' })
