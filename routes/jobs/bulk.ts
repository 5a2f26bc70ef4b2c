import type { FastifyInstance, FastifyRequest } from 'fastify'
import { demandScope } from '../../plugins/caller.ts'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { BulkReport, BulkRequest } from '../../src/domain/bulk.ts'
import { DryRunQuery, PostProblems } from '../answers.ts'

export default async function bulkJobs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/bulk',
    {
      config: { operation: 'bulk_jobs', scope: 'write' },
      validatorCompiler: compileAllButBody,
      preHandler: demandRun,
      schema: {
        querystring: DryRunQuery,
        body: BulkRequest,
        response: { 200: BulkReport, ...PostProblems }
      }
    },
    (request) => {
      const operations = app.operationsFor(request)
      return (request.query.dry_run ? operations.dryRun : operations).bulk(request.body)
    }
  )
}

/** To run jobs needs more than to change them. Nothing of the body is known yet. */
async function demandRun(request: FastifyRequest): Promise<void> {
  const { body } = request
  if (typeof body !== 'object' || body === null || !('action' in body)) return
  if (body.action === 'run') await demandScope(request, 'run')
}
