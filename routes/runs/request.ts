import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Problem } from '../../src/domain/problem.ts'
import { SentRequest } from '../../src/domain/sent-request.ts'
import { IdParams, ReadProblems } from '../answers.ts'

const RequestQuery = Type.Object(
  { attempt: Type.Optional(Type.Integer({ minimum: 1, description: 'The last, if left out.' })) },
  { additionalProperties: false }
)

export default async function getRunRequest(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/request',
    {
      config: { operation: 'get_run_request', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: RequestQuery,
        response: { 200: SentRequest, ...ReadProblems, 404: Problem }
      }
    },
    (request) => app.scheduler.getRunRequest(request.params.id, request.query)
  )
}
