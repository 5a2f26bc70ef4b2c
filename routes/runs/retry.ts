import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { IdParams, Problem, WriteProblems } from '../answers.ts'

export default async function retryRun(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/retry',
    {
      config: { operation: 'retry_run' },
      schema: {
        params: IdParams,
        response: { 202: Run, ...WriteProblems, 404: Problem, 409: Problem }
      }
    },
    async (request, reply) => {
      const run = await app.scheduler.retryRun(request.params.id)
      return reply.code(202).send(run)
    }
  )
}
