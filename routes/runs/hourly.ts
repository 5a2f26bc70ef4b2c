import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { RunHour, RunHoursQuery } from '../../src/domain/run-hours.ts'
import { ReadProblems } from '../answers.ts'

export default async function listRunHours(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/hourly',
    {
      config: { operation: 'list_run_hours', scope: 'read' },
      schema: {
        querystring: RunHoursQuery,
        response: { 200: Type.Array(RunHour), ...ReadProblems }
      }
    },
    (request) => app.scheduler.listRunHours(request.query)
  )
}
