import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Job } from '../../src/domain/job.ts'
import { IdParams, Problem, sendJson } from '../answers.ts'

export default async function getJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id',
    {
      config: { operation: 'get_job' },
      schema: { params: IdParams, response: { 200: Job, 404: Problem } }
    },
    async (request, reply) => {
      const { id } = request.params
      const body = await app.cache.readJob(id, () => app.scheduler.getJob(id))
      return sendJson(reply, body)
    }
  )
}
