import type { FastifyInstance } from 'fastify'
import { callerOf } from '../../plugins/caller.ts'
import { appOf } from '../../plugins/instance.ts'
import { CreatedApiKey, NewApiKey } from '../../src/domain/api-key.ts'
import { folderOf, WriteProblems } from '../answers.ts'

export default async function createKey(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/',
    {
      config: { operation: 'create_key', scope: 'admin', once: false },
      schema: { body: NewApiKey, response: { 201: CreatedApiKey, ...WriteProblems } }
    },
    async (request, reply) => {
      const createdBy = callerOf(request).actor
      const key = await app.scheduler.keys.create(request.body, { createdBy })
      reply.code(201).header('location', `${folderOf(request)}/${key.id}`)
      // Nobody on the way may keep it.
      reply.header('cache-control', 'no-store')
      return key
    }
  )
}
