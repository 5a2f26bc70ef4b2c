import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'
import { Change, CHANGE_ACTIONS } from '../src/domain/change.ts'
import { encodeCursor } from '../src/domain/cursor.ts'
import { ONE_LINE, words } from '../src/domain/schema.ts'
import { IdParams, ReadProblems } from './answers.ts'
import { linkNext, PageQuery, positionOf } from './paging.ts'

const ChangesQuery = Type.Object(
  {
    ...PageQuery,
    actor: Type.Optional(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 200 })),
    action: Type.Optional(words(CHANGE_ACTIONS)),
    job_id: Type.Optional(IdParams.properties.id)
  },
  { additionalProperties: false }
)

export default async function listAllChanges(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/changes',
    {
      config: { operation: 'list_changes', scope: 'read' },
      schema: { querystring: ChangesQuery, response: { 200: Type.Array(Change), ...ReadProblems } }
    },
    async (request, reply) => {
      const { limit, cursor, job_id: jobId, ...filter } = request.query
      const beforeId = positionOf(cursor, 1)?.[0] ?? null
      const page = { filter: { ...filter, jobId }, beforeId, limit }
      const { changes, nextBeforeId } = await app.scheduler.listAllChanges(page)
      if (nextBeforeId !== null) linkNext(request, reply, encodeCursor([nextBeforeId]))
      return changes
    }
  )
}
