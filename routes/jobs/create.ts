import { appOf } from '../../plugins/instance.ts'
import type { FastifyInstance } from 'fastify'
import { Job, JobInput } from '../../src/domain/job.ts'
import { Problem } from '../answers.ts'

export default async function createJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/',
    {
      config: { operation: 'create_job' },
      schema: { body: JobInput, response: { 201: Job, 400: Problem } }
    },
    async (request, reply) => {
      const job = await app.scheduler.createJob(request.body)
      return reply.code(201).header('location', `${app.prefix}/${job.id}`).send(job)
    }
  )
}
