import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { decodeJobCursor, encodeJobCursor, JOB_SORTS } from '../../src/domain/job-order.ts'
import { Job, JOB_STATES } from '../../src/domain/job.ts'
import { ATTEMPT_OUTCOMES } from '../../src/domain/outcome.ts'
import { ONE_LINE, words } from '../../src/domain/schema.ts'
import { TARGET_TYPES } from '../../src/domain/target.ts'
import { NoContent, ReadProblems } from '../answers.ts'
import { sendTagged } from '../conditional.ts'
import { linkNext, PageQuery, wrongCursor } from '../paging.ts'

const ListJobsQuery = Type.Object(
  {
    ...PageQuery,
    q: Type.Optional(
      Type.String({ ...ONE_LINE, minLength: 1, maxLength: 200, description: 'In the name.' })
    ),
    tag: Type.Optional(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 100 })),
    state: Type.Optional(words(JOB_STATES)),
    target: Type.Optional(words(TARGET_TYPES)),
    outcome: Type.Optional(words(ATTEMPT_OUTCOMES)),
    sort: words(JOB_SORTS, {
      default: 'id',
      description: 'What has no value for it comes last; with a hyphen, backwards.'
    }),
    count: Type.Boolean({ default: false, description: 'Adds `X-Total-Count`.' })
  },
  { additionalProperties: false }
)

export default async function listJobs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/',
    {
      config: { operation: 'list_jobs', scope: 'read' },
      schema: {
        querystring: ListJobsQuery,
        response: { 200: Type.Array(Job), 304: NoContent, ...ReadProblems }
      }
    },
    async (request, reply) => {
      const { limit, cursor, count, sort, ...filter } = request.query
      const after = cursor === undefined ? null : decodeJobCursor(sort, cursor)
      if (cursor !== undefined && after === null) throw wrongCursor(cursor)
      const key = JSON.stringify([limit, sort, after, filter])
      const page = await app.cache.readPage(key, limit, () =>
        app.scheduler.listJobs({ filter, sort, after, limit: limit + 1 })
      )
      if (page.last !== null) linkNext(request, reply, encodeJobCursor(sort, page.last))
      if (count) reply.header('x-total-count', await app.scheduler.countJobs(filter))
      return sendTagged(request, reply, page)
    }
  )
}
