import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { ApiKey } from '../../src/domain/api-key.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, ReadProblems } from '../answers.ts'

export default async function getKey(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id',
    {
      config: { operation: 'get_key', scope: 'admin' },
      schema: { params: IdParams, response: { 200: ApiKey, ...ReadProblems, 404: Problem } }
    },
    (request) => app.scheduler.keys.get(request.params.id)
  )
}
