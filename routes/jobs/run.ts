import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { DryRun } from '../../src/domain/dry-run.ts'
import { OVERLAP_POLICIES } from '../../src/domain/overlap.ts'
import { Run } from '../../src/domain/run.ts'
import { words } from '../../src/domain/schema.ts'
import { Problem } from '../../src/domain/problem.ts'
import { DryRunQuery, folderOf, IdParams, optionalBody, PostProblems } from '../answers.ts'

const RunBody = Type.Object(
  {
    params: Type.Optional(Type.Unknown({ description: "Instead of the job's own." })),
    overlap: Type.Optional(words(OVERLAP_POLICIES, { description: "Instead of the job's own." }))
  },
  { additionalProperties: false }
)

export default async function runJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/run',
    {
      config: { operation: 'run_job', scope: 'run' },
      preValidation: optionalBody,
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: RunBody,
        response: { 200: DryRun, 201: Run, ...PostProblems, 404: Problem }
      }
    },
    async (request, reply) => {
      const { params, query, body } = request
      if (query.dry_run) return app.scheduler.dryRun.run(params.id, body)
      const run = await app.operationsFor(request).run(params.id, body)
      const runs = folderOf(request).replace(/jobs$/i, 'runs')
      reply.code(201).header('location', `${runs}/${run.id}`)
      return run
    }
  )
}
