import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRun } from '../../src/domain/dry-run.ts'
import { Job } from '../../src/domain/job.ts'
import { DryRunQuery, IdParams, MergePatch, Problem, WriteProblems } from '../answers.ts'
import { preconditionOf, tagJob } from '../conditional.ts'

export default async function updateJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.patch(
    '/:id',
    {
      config: { operation: 'update_job' },
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: MergePatch,
        response: {
          200: Type.Union([Job, DryRun]),
          ...WriteProblems,
          404: Problem,
          409: Problem,
          412: Problem
        }
      }
    },
    async (request, reply) => {
      const { params, query, body } = request
      const options = preconditionOf(request)
      if (query.dry_run) return app.scheduler.dryRun.updateJob(params.id, body, options)
      return tagJob(reply, await app.scheduler.updateJob(params.id, body, options))
    }
  )
}
