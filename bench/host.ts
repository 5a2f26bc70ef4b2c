import Fastify, { type FastifyInstance } from 'fastify'
import carillon, { type Handler } from '../index.ts'

/** What the jobs of a host call. */
export const TARGET = { type: 'handler', name: 'measured' } as const

export interface HostOptions {
  file: string
  handler: Handler
  maxConcurrentRuns?: number
}

/** A host application with everything that Carillon brings, but its scheduler not started yet. */
export async function createHost({
  file,
  handler,
  maxConcurrentRuns = 256
}: HostOptions): Promise<FastifyInstance> {
  const host = Fastify()
  const handlers = { [TARGET.name]: handler }
  const database = `sqlite:${file}`
  await host.register(carillon, { database, handlers, maxConcurrentRuns, autoStart: false })
  await host.ready()
  return host
}
