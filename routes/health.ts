import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'

const Live = Type.Object({ status: Type.Literal('live') })
const Ready = Type.Object({
  status: Type.Literal('ready'),
  scheduling: Type.Optional(
    Type.Literal('paused', { description: 'Only while all scheduling is paused.' })
  )
})
const NotReady = Type.Object({
  status: Type.Literal('not_ready'),
  faults: Type.Array(Type.String())
})

// Open: the probes of a platform carry no key.
export default async function health(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/livez',
    {
      config: { operation: 'livez', open: true, unlimited: true },
      logLevel: 'warn',
      schema: { response: { 200: Live } }
    },
    async () => ({ status: 'live' as const })
  )
  app.get(
    '/readyz',
    {
      config: { operation: 'readyz', open: true, unlimited: true },
      logLevel: 'warn',
      schema: { response: { 200: Ready, 503: NotReady } }
    },
    async (_request, reply) => {
      const { faults, isPaused } = await app.health.look()
      const paused = isPaused && { scheduling: 'paused' as const }
      if (faults.length === 0) return { status: 'ready' as const, ...paused }
      return reply.code(503).send({ status: 'not_ready' as const, faults })
    }
  )
}
