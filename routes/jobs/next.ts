import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { NextOccurrences } from '../../src/domain/next-occurrences.ts'
import { UpcomingCount } from '../../src/domain/upcoming.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, ReadProblems } from '../answers.ts'

const NextQuery = Type.Object({ count: UpcomingCount }, { additionalProperties: false })

export default async function listNext(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/next',
    {
      config: { operation: 'list_next', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: NextQuery,
        response: { 200: NextOccurrences, ...ReadProblems, 404: Problem }
      }
    },
    (request) => app.scheduler.listNext(request.params.id, request.query)
  )
}
