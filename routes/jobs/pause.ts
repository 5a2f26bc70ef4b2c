import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRun } from '../../src/domain/dry-run.ts'
import { Job } from '../../src/domain/job.ts'
import { nullable, ONE_LINE } from '../../src/domain/schema.ts'
import { Problem } from '../../src/domain/problem.ts'
import { DryRunQuery, IdParams, optionalBody, PostProblems } from '../answers.ts'

const PauseBody = Type.Object(
  {
    reason: Type.Optional(nullable(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 500 }))),
    until: Type.Optional(
      nullable(Type.String({ maxLength: 40, description: 'The job goes on by itself then.' }))
    )
  },
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
      config: { operation: 'pause_job', scope: 'write' },
      preValidation: optionalBody,
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: PauseBody,
        response: { 200: Type.Union([Job, DryRun]), ...PostProblems, 404: Problem }
      }
    },
    (request) => {
      const { params, query, body } = request
      const operations = app.operationsFor(request)
      return (query.dry_run ? operations.dryRun : operations).pause(params.id, body)
    }
  )
  app.post(
    '/:id/resume',
    {
      config: { operation: 'resume_job', scope: 'write' },
      preValidation: optionalBody,
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: ResumeBody,
        response: { 200: Type.Union([Job, DryRun]), ...PostProblems, 404: Problem }
      }
    },
    (request) => {
      const { params, query, body } = request
      const operations = app.operationsFor(request)
      return (query.dry_run ? operations.dryRun : operations).resume(params.id, body)
    }
  )
}
