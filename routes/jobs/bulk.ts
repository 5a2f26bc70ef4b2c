import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { BulkReport, BulkRequest } from '../../src/domain/bulk.ts'
import { DryRunQuery, PostProblems } from '../answers.ts'

export default async function bulkJobs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/bulk',
    {
      config: { operation: 'bulk_jobs' },
      validatorCompiler: compileAllButBody,
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
