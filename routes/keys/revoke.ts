import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, NoContent, WriteProblems } from '../answers.ts'

export default async function revokeKey(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.delete(
    '/:id',
    {
      config: { operation: 'revoke_key', scope: 'admin' },
      schema: { params: IdParams, response: { 204: NoContent, ...WriteProblems, 404: Problem } }
    },
    async (request, reply) => {
      await app.scheduler.keys.revoke(request.params.id)
      return reply.code(204).send(undefined)
    }
  )
}
