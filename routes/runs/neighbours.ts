import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Problem } from '../../src/domain/problem.ts'
import { RunNeighbours } from '../../src/domain/run-neighbours.ts'
import { IdParams, ReadProblems } from '../answers.ts'

export default async function getRunNeighbours(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/neighbours',
    {
      config: { operation: 'get_run_neighbours', scope: 'read' },
      schema: { params: IdParams, response: { 200: RunNeighbours, ...ReadProblems, 404: Problem } }
    },
    (request) => app.scheduler.getRunNeighbours(request.params.id)
  )
}
