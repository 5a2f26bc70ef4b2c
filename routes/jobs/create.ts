import { appOf } from '../../plugins/instance.ts'
import type { FastifyInstance } from 'fastify'
import { DryRun } from '../../src/domain/dry-run.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { Job, JobInput } from '../../src/domain/job.ts'
import { DryRunQuery, folderOf, PostProblems } from '../answers.ts'
import { tagJob } from '../conditional.ts'

export default async function createJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/',
    {
      config: { operation: 'create_job', scope: 'write' },
      validatorCompiler: compileAllButBody,
      schema: {
        querystring: DryRunQuery,
        body: JobInput,
        response: { 200: DryRun, 201: Job, ...PostProblems }
      }
    },
    async (request, reply) => {
      if (request.query.dry_run) return app.scheduler.dryRun.createJob(request.body)
      const job = await app.operationsFor(request).createJob(request.body)
      reply.code(201).header('location', `${folderOf(request)}/${job.id}`)
      return tagJob(reply, job)
    }
  )
}
