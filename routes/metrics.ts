import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'

export default async function metrics(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/metrics',
    { config: { operation: 'metrics' }, logLevel: 'warn' },
    async (_request, reply) => reply.type(app.scrape.contentType).send(await app.scrape.text())
  )
}
