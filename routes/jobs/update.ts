import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Job } from '../../src/domain/job.ts'
import { IdParams, MergePatch, Problem } from '../answers.ts'

export default async function updateJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.patch(
    '/:id',
    {
      config: { operation: 'update_job' },
      schema: {
        params: IdParams,
        body: MergePatch,
        response: { 200: Job, 400: Problem, 404: Problem }
      }
    },
    (request) => app.scheduler.updateJob(request.params.id, request.body)
  )
}
