import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { IdParams, Problem } from '../answers.ts'

export default async function cancelRun(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/cancel',
    {
      config: { operation: 'cancel_run' },
      schema: { params: IdParams, response: { 202: Run, 404: Problem, 409: Problem } }
    },
    async (request, reply) => {
      const run = await app.scheduler.cancelRun(request.params.id)
      return reply.code(202).send(run)
    }
  )
}
