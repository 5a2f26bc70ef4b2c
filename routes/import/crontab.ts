import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { CrontabReport, CrontabRequest } from '../../src/domain/crontab-report.ts'
import { DryRunQuery, PostProblems } from '../answers.ts'

export default async function importCrontab(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/crontab',
    {
      config: { operation: 'import_crontab', scope: 'write' },
      validatorCompiler: compileAllButBody,
      schema: {
        querystring: DryRunQuery,
        body: CrontabRequest,
        response: { 200: CrontabReport, ...PostProblems }
      }
    },
    (request) => {
      const operations = app.operationsFor(request)
      const calls = request.query.dry_run ? operations.dryRun : operations
      return calls.importCrontab(request.body)
    }
  )
}
