import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Job } from '../../src/domain/job.ts'
import { nullable } from '../../src/domain/schema.ts'
import { IdParams, optionalBody, Problem } from '../answers.ts'

const PauseBody = Type.Object(
  { reason: Type.Optional(nullable(Type.String({ minLength: 1, maxLength: 500 }))) },
  { additionalProperties: false }
)
const ResumeBody = Type.Object(
  {
    catch_up: Type.Optional(
      Type.Boolean({
        description: 'Treat what was due during the pause as missed, not as left out.'
      })
    )
  },
  { additionalProperties: false }
)

export default async function pauseJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/pause',
    {
      config: { operation: 'pause_job' },
      preValidation: optionalBody,
      schema: {
        params: IdParams,
        body: PauseBody,
        response: { 200: Job, 404: Problem, 409: Problem }
      }
    },
    (request) => app.scheduler.pause(request.params.id, request.body)
  )
  app.post(
    '/:id/resume',
    {
      config: { operation: 'resume_job' },
      preValidation: optionalBody,
      schema: { params: IdParams, body: ResumeBody, response: { 200: Job, 404: Problem } }
    },
    (request) => app.scheduler.resume(request.params.id, request.body)
  )
}
