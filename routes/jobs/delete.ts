import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRun } from '../../src/domain/dry-run.ts'
import { words } from '../../src/domain/schema.ts'
import { DELETE_MODES } from '../../src/operations/delete-job.ts'
import { Problem } from '../../src/domain/problem.ts'
import { DryRunQuery, IdParams, NoContent, WriteProblems } from '../answers.ts'
import { preconditionOf } from '../conditional.ts'

const DeleteJobQuery = Type.Object(
  {
    ...DryRunQuery.properties,
    running: words(DELETE_MODES, {
      default: 'cancel',
      description: 'What becomes of its runs that are running.'
    })
  },
  { additionalProperties: false }
)

export default async function deleteJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.delete(
    '/:id',
    {
      config: { operation: 'delete_job', scope: 'write' },
      schema: {
        params: IdParams,
        querystring: DeleteJobQuery,
        response: {
          200: DryRun,
          204: NoContent,
          ...WriteProblems,
          404: Problem,
          409: Problem,
          412: Problem
        }
      }
    },
    async (request, reply) => {
      const { dry_run: dryRun, running } = request.query
      const { id } = request.params
      const options = { running, ...preconditionOf(request) }
      if (dryRun) return app.scheduler.dryRun.deleteJob(id, options)
      await app.operationsFor(request).deleteJob(id, options)
      return reply.code(204).send(undefined)
    }
  )
}
