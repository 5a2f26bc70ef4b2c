import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Change, CHANGE_ACTIONS } from '../../src/domain/change.ts'
import { encodeCursor } from '../../src/domain/cursor.ts'
import { Problem } from '../../src/domain/problem.ts'
import { words } from '../../src/domain/schema.ts'
import { IdParams, ReadProblems } from '../answers.ts'
import { linkNext, PageQuery, positionOf } from '../paging.ts'

const ChangesQuery = Type.Object(
  { ...PageQuery, action: Type.Optional(words(CHANGE_ACTIONS)) },
  { additionalProperties: false }
)

export default async function listJobChanges(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/:id/changes',
    {
      config: { operation: 'list_job_changes', scope: 'read' },
      schema: {
        params: IdParams,
        querystring: ChangesQuery,
        response: { 200: Type.Array(Change), ...ReadProblems, 404: Problem }
      }
    },
    async (request, reply) => {
      const { limit, cursor, action } = request.query
      const beforeId = positionOf(cursor, 1)?.[0] ?? null
      const page = { beforeId, limit: limit + 1, action }
      const changes = await app.scheduler.listChanges(request.params.id, page)
      const shown = changes.slice(0, limit)
      const last = shown.at(-1)
      if (changes.length > limit && last) linkNext(request, reply, encodeCursor([last.id]))
      return shown
    }
  )
}
