import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Backfill, BackfillRequest } from '../../src/domain/backfill.ts'
import { Problem } from '../../src/domain/problem.ts'
import { IdParams, PostProblems } from '../answers.ts'

export default async function backfillJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/:id/backfill',
    {
      config: { operation: 'backfill_job', scope: 'run' },
      schema: {
        params: IdParams,
        body: BackfillRequest,
        response: { 200: Backfill, 202: Backfill, ...PostProblems, 404: Problem }
      }
    },
    async (request, reply) => {
      const backfill = await app.operationsFor(request).backfill(request.params.id, request.body)
      reply.code(backfill.dry_run ? 200 : 202)
      return backfill
    }
  )
}
