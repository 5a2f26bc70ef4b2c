import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Job } from '../../src/domain/job.ts'
import { IdParams, Problem, WriteProblems } from '../answers.ts'

const SkipBody = Type.Object(
  { count: Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0 takes it back.' }) },
  { additionalProperties: false }
)

export default async function skipJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/skip',
    {
      config: { operation: 'skip_job' },
      schema: {
        params: IdParams,
        body: SkipBody,
        response: { 200: Job, ...WriteProblems, 404: Problem }
      }
    },
    (request) => app.scheduler.skip(request.params.id, request.body.count)
  )
}
