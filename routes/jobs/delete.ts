import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { words } from '../../src/domain/schema.ts'
import { DELETE_MODES } from '../../src/operations/delete-job.ts'
import { IdParams, NoContent, Problem } from '../answers.ts'

const DeleteJobQuery = Type.Object(
  {
    running: words(DELETE_MODES, {
      default: 'cancel',
      description: 'What becomes of its runs that are running.'
    })
  },
  { additionalProperties: false }
)

export default async function deleteJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.delete(
    '/:id',
    {
      config: { operation: 'delete_job' },
      schema: {
        params: IdParams,
        querystring: DeleteJobQuery,
        response: { 204: NoContent, 404: Problem, 409: Problem }
      }
    },
    async (request, reply) => {
      await app.scheduler.deleteJob(request.params.id, request.query)
      return reply.code(204).send(null)
    }
  )
}
