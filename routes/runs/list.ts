import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { ReadProblems } from '../answers.ts'
import { RunsQuery, sendRuns } from '../run-page.ts'

const AllRunsQuery = Type.Object(
  { ...RunsQuery.properties, job_id: Type.Optional(Type.Integer({ minimum: 1 })) },
  { additionalProperties: false }
)

export default async function listRuns(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/',
    {
      config: { operation: 'list_runs', scope: 'read' },
      schema: { querystring: AllRunsQuery, response: { 200: Type.Array(Run), ...ReadProblems } }
    },
    (request, reply) => {
      const { job_id: jobId } = request.query
      return sendRuns(app, request, { reply, ...(jobId !== undefined && { jobId }) })
    }
  )
}
