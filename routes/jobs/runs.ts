import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, ReadProblems } from '../answers.ts'
import { RunsQuery, sendRuns } from '../run-page.ts'

export default async function listJobRuns(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/runs',
    {
      config: { operation: 'list_job_runs', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: RunsQuery,
        response: { 200: Type.Array(Run), ...ReadProblems, 404: Problem }
      }
    },
    (request, reply) => sendRuns(app, request, { reply, jobId: request.params.id })
  )
}
