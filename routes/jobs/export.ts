import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import type { JobInput } from '../../src/domain/job.ts'
import { Export } from '../../src/domain/manifest.ts'
import { ONE_LINE } from '../../src/domain/schema.ts'
import { ReadProblems, sendJson } from '../answers.ts'

const ExportQuery = Type.Object(
  { tag: Type.Optional(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 100 })) },
  { additionalProperties: false }
)

export default async function exportJobs(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/export',
    {
      config: { operation: 'export_jobs', scope: 'read' },
      schema: { querystring: ExportQuery, response: { 200: Export, ...ReadProblems } }
    },
    // A stream: there may be more jobs than should be in memory at once.
    async (request, reply) =>
      sendJson(reply, Readable.from(exportText(app.scheduler.exportJobs(request.query))))
  )
}

async function* exportText(jobs: AsyncIterable<JobInput>): AsyncGenerator<string> {
  yield '{"jobs":['
  let separator = ''
  for await (const job of jobs) {
    yield `${separator}${JSON.stringify(job)}`
    separator = ',\n'
  }
  yield ']}'
}
