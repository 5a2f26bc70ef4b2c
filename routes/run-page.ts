import { Type, type Static } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { App } from '../plugins/instance.ts'
import { encodeCursor } from '../src/domain/cursor.ts'
import { readRunFilter, RunFilterFields } from '../src/domain/run-filter.ts'
import type { Run } from '../src/domain/run.ts'
import { linkNext, PageQuery, positionOf } from './paging.ts'

/** What narrows a list of runs. */
export const RunsQuery = Type.Object(
  {
    ...PageQuery,
    ...RunFilterFields
  },
  { additionalProperties: false }
)
export type RunsQuery = Static<typeof RunsQuery>

const QUERY = { in: 'query', pointer: '' } as const

/** One page of runs, the newest first, and where the next one is. */
export async function sendRuns(
  app: App,
  request: FastifyRequest & { query: RunsQuery },
  { reply, jobId }: { reply: FastifyReply; jobId?: number }
): Promise<Run[]> {
  const { limit, cursor, ...asked } = request.query
  const position = positionOf(cursor, 2)
  const runs = await app.scheduler.listRuns({
    filter: {
      ...readRunFilter(asked, { place: QUERY, isNarrow: jobId !== undefined }),
      ...(jobId !== undefined && { jobId })
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
