import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { BulkRunsReport, BulkRunsRequest } from '../../src/domain/bulk-runs.ts'
import { DryRunQuery, PostProblems } from '../answers.ts'

export default async function bulkRuns(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/bulk',
    {
      config: { operation: 'bulk_runs', scope: 'run' },
      validatorCompiler: compileAllButBody,
      schema: {
        querystring: DryRunQuery,
        body: BulkRunsRequest,
        response: { 200: BulkRunsReport, ...PostProblems }
      }
    },
    (request) => {
      const operations = app.operationsFor(request)
      return (request.query.dry_run ? operations.dryRun : operations).bulkRuns(request.body)
    }
  )
}
