import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Explanation } from '../../src/domain/explanation.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, ReadProblems } from '../answers.ts'

const ExplainQuery = Type.Object(
  {
    at: Type.String({
      maxLength: 40,
      description: 'The instant to explain, past or future.',
      examples: ['2026-01-31T09:00:00Z']
    })
  },
  { additionalProperties: false }
)

export default async function explainJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/explain',
    {
      config: { operation: 'explain_job', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: ExplainQuery,
        response: { 200: Explanation, ...ReadProblems, 404: Problem }
      }
    },
    (request) => app.scheduler.explain(request.params.id, request.query.at)
  )
}
