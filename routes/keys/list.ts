import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { ApiKey } from '../../src/domain/api-key.ts'
import { encodeCursor } from '../../src/domain/cursor.ts'
import { ReadProblems } from '../answers.ts'
import { linkNext, PageQuery, positionOf } from '../paging.ts'

const KeysQuery = Type.Object(PageQuery, { additionalProperties: false })

export default async function listKeys(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/',
    {
      config: { operation: 'list_keys', scope: 'admin' },
      schema: { querystring: KeysQuery, response: { 200: Type.Array(ApiKey), ...ReadProblems } }
    },
    async (request, reply) => {
      const { limit, cursor } = request.query
      const beforeId = positionOf(cursor, 1)?.[0] ?? null
      const keys = await app.scheduler.keys.list({ beforeId, limit: limit + 1 })
      const shown = keys.slice(0, limit)
      const last = shown.at(-1)
      if (keys.length > limit && last) linkNext(request, reply, encodeCursor([last.id]))
      return shown
    }
  )
}
