import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Job } from '../../src/domain/job.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, NoContent, ReadProblems } from '../answers.ts'
import { sendTagged } from '../conditional.ts'

export default async function getJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id',
    {
      config: { operation: 'get_job', scope: 'read' },
      schema: {
        params: IdParams,
        response: { 200: Job, 304: NoContent, ...ReadProblems, 404: Problem }
      }
    },
    async (request, reply) => {
      const { id } = request.params
      const { json, etag } = await app.cache.readJob(id, () => app.scheduler.getJob(id))
      return sendTagged(request, reply, { body: json, etag })
    }
  )
}
