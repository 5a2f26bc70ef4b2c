import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Problem } from '../../src/domain/problem.ts'
import { RunLog } from '../../src/domain/run-log.ts'
import { IdParams, ReadProblems } from '../answers.ts'
import { PageQuery } from '../paging.ts'

const LogsQuery = Type.Object(
  {
    limit: PageQuery.limit,
    after: Type.Optional(
      Type.String({ maxLength: 1_200, description: 'The `cursor` of what was read before.' })
    )
  },
  { additionalProperties: false }
)

export default async function listRunLogs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/logs',
    {
      config: { operation: 'list_run_logs', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: LogsQuery,
        response: { 200: RunLog, ...ReadProblems, 404: Problem }
      }
    },
    (request) => app.scheduler.listRunLogs(request.params.id, request.query)
  )
}
