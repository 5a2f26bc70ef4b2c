import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, PostProblems } from '../answers.ts'

export default async function cancelRun(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/cancel',
    {
      config: { operation: 'cancel_run', scope: 'run' },
      schema: {
        params: IdParams,
        response: { 202: Run, ...PostProblems, 404: Problem }
      }
    },
    async (request, reply) => {
      const run = await app.operationsFor(request).cancelRun(request.params.id)
      reply.code(202)
      return run
    }
  )
}
