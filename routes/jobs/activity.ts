import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Activity, activityIds, ActivityQuery } from '../../src/domain/activity.ts'
import { ReadProblems } from '../answers.ts'

export default async function listActivity(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/activity',
    {
      config: { operation: 'list_activity', scope: 'read' },
      schema: {
        querystring: ActivityQuery,
        response: { 200: Type.Array(Activity), ...ReadProblems }
      }
    },
    ({ query: { ids, runs } }) => app.scheduler.listActivity({ ids: activityIds(ids), runs })
  )
}
