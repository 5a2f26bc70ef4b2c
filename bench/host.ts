import Fastify, { type FastifyInstance } from 'fastify'
import carillon, { type Handler } from '../index.ts'

/** What the jobs of a host call. */
export const TARGET = { type: 'handler', name: 'measured' } as const

export interface HostOptions {
  /** The URL of the database. */
  database: string
  handler: Handler
  maxConcurrentRuns?: number
  /** False for the scheduler alone. */
  routes?: boolean
}

/** A host application with everything that Carillon brings, but its scheduler not started yet. */
export async function createHost({
  handler,
  maxConcurrentRuns = 256,
  ...options
}: HostOptions): Promise<FastifyInstance> {
  const host = Fastify()
  const handlers = { [TARGET.name]: handler }
  await host.register(carillon, { ...options, handlers, maxConcurrentRuns, autoStart: false })
  await host.ready()
  return host
}
