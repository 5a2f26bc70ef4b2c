import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import type { Test } from 'tap'
import type { CarillonOptions } from '../../index.ts'

export const MEMORY: CarillonOptions = { database: 'sqlite::memory:' }

/** What a host mounts its scheduler with, where nothing else matters. */
export const UNDER_PREFIX: CarillonOptions = { ...MEMORY, prefix: '/scheduler' }

export const DAILY = { name: 'daily', schedule: '@daily' }

/** A host application without anything, closed when the test ends. */
export function createHost(t: Test, options: FastifyServerOptions = {}): FastifyInstance {
  const host = Fastify(options)
  t.teardown(() => host.close())
  return host
}

/** Creates a job over HTTP in a host; the answer, whatever it is. */
export function postJob(host: FastifyInstance, body: object = DAILY, url = '/scheduler/jobs') {
  return host.inject({ method: 'POST', url, payload: body })
}
