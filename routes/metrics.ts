import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'
import { CommonProblems } from './answers.ts'

export default async function metrics(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/metrics',
    {
      config: { operation: 'metrics', scope: 'read', unlimited: true },
      logLevel: 'warn',
      schema: {
        response: {
          200: Type.String({ description: 'Prometheus text format 0.0.4.' }),
          ...CommonProblems
        }
      }
    },
    async (_request, reply) => reply.type(app.scrape.contentType).send(await app.scrape.text())
  )
}
