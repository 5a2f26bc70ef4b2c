import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'
import { Forecast, ForecastQuery } from '../src/domain/forecast.ts'
import { ReadProblems } from './answers.ts'

export default async function forecast(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/forecast',
    {
      config: { operation: 'forecast', scope: 'read' },
      schema: { querystring: ForecastQuery, response: { 200: Forecast, ...ReadProblems } }
    },
    (request) => app.scheduler.forecast(request.query)
  )
}
