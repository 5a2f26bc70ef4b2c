import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { Manifest, ManifestReport } from '../../src/domain/manifest.ts'
import { DryRunQuery, PostProblems } from '../answers.ts'

export default async function applyJobs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/apply',
    {
      config: { operation: 'apply_jobs', scope: 'write' },
      validatorCompiler: compileAllButBody,
      schema: {
        querystring: DryRunQuery,
        body: Manifest,
        response: { 200: ManifestReport, ...PostProblems }
      }
    },
    (request) => {
      const operations = app.operationsFor(request)
      return (request.query.dry_run ? operations.dryRun : operations).apply(request.body)
    }
  )
}
