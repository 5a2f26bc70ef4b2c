import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRun } from '../../src/domain/dry-run.ts'
import { Job } from '../../src/domain/job.ts'
import { Problem } from '../../src/domain/problem.ts'
import { DryRunQuery, IdParams, PostProblems } from '../answers.ts'

const SkipBody = Type.Object(
  { count: Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0 takes it back.' }) },
  { additionalProperties: false }
)

export default async function skipJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/skip',
    {
      config: { operation: 'skip_job', scope: 'write' },
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: SkipBody,
        response: { 200: Type.Union([Job, DryRun]), ...PostProblems, 404: Problem }
      }
    },
    (request) => {
      const { params, query, body } = request
      const operations = app.operationsFor(request)
      return (query.dry_run ? operations.dryRun : operations).skip(params.id, body.count)
    }
  )
}
