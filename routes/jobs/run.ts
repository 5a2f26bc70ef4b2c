import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { OVERLAP_POLICIES } from '../../src/domain/overlap.ts'
import { Run } from '../../src/domain/run.ts'
import { words } from '../../src/domain/schema.ts'
import { IdParams, optionalBody, Problem } from '../answers.ts'

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
      config: { operation: 'run_job' },
      preValidation: optionalBody,
      schema: {
        params: IdParams,
        body: RunBody,
        response: { 201: Run, 404: Problem, 409: Problem }
      }
    },
    async (request, reply) => {
      const run = await app.scheduler.run(request.params.id, request.body)
      const runs = app.prefix.replace(/jobs$/, 'runs')
      return reply.code(201).header('location', `${runs}/${run.id}`).send(run)
    }
  )
}
