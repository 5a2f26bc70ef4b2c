import { Type, type Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../plugins/instance.ts'
import { encodeCursor } from '../src/domain/cursor.ts'
import { instantInQuery } from '../src/domain/checked-instant.ts'
import { RUN_CAUSES, RUN_STATES, type Run } from '../src/domain/run.ts'
import { words } from '../src/domain/schema.ts'
import { linkNext, PageQuery, positionOf } from './paging.ts'

/** What narrows a list of runs. */
export const RunsQuery = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(words(RUN_STATES)),
    cause: Type.Optional(words(RUN_CAUSES)),
    from: Type.Optional(Type.String({ maxLength: 40, description: 'Scheduled at or after.' })),
    to: Type.Optional(Type.String({ maxLength: 40, description: 'Scheduled before.' }))
  },
  { additionalProperties: false }
)
export type RunsQuery = Static<typeof RunsQuery>

/** One page of runs, the newest first, and where the next one is. */
export async function sendRuns(
  app: App,
  request: FastifyRequest & { query: RunsQuery },
  { reply, jobId }: { reply: FastifyReply; jobId?: number }
): Promise<Run[]> {
  const { limit, cursor, from, to, ...rest } = request.query
  const position = positionOf(cursor, 2)
  const runs = await app.scheduler.listRuns({
    filter: {
      ...rest,
      ...(jobId !== undefined && { jobId }),
      ...(from !== undefined && { from: instantInQuery('from', from) }),
      ...(to !== undefined && { to: instantInQuery('to', to) })
    },
    after: position === null ? null : { scheduledFor: position[0] ?? 0, id: position[1] ?? 0 },
    limit: limit + 1
  })
  const shownRuns = runs.slice(0, limit)
  const last = shownRuns.at(-1)
  if (runs.length > limit && last !== undefined) {
    linkNext(request, reply, encodeCursor([Date.parse(last.scheduled_for), last.id]))
  }
  return shownRuns
}
