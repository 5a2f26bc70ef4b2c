import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Run } from '../../src/domain/run.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, ReadProblems } from '../answers.ts'

export default async function getRun(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id',
    {
      config: { operation: 'get_run', scope: 'read' },
      schema: { params: IdParams, response: { 200: Run, ...ReadProblems, 404: Problem } }
    },
    (request) => app.scheduler.getRun(request.params.id)
  )
}
