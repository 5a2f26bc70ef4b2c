import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRunQuery, IdParams, MergePatch } from '../answers.ts'
import { ChangeAnswers, preconditionOf, tagJob } from '../conditional.ts'

export default async function updateJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.patch(
    '/:id',
    {
      config: { operation: 'update_job', scope: 'write' },
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: MergePatch,
        response: ChangeAnswers
      }
    },
    async (request, reply) => {
      const { params, query, body } = request
      const options = preconditionOf(request)
      if (query.dry_run) return app.scheduler.dryRun.updateJob(params.id, body, options)
      return tagJob(reply, await app.operationsFor(request).updateJob(params.id, body, options))
    }
  )
}
