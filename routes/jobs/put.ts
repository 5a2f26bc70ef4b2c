import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { compileAllButBody } from '../../plugins/validation.ts'
import { Job, JobInput } from '../../src/domain/job.ts'
import { DryRunQuery, folderOf, IdParams } from '../answers.ts'
import { ChangeAnswers, preconditionOf, tagJob } from '../conditional.ts'

const KeyParams = Type.Object({ key: Type.String({ minLength: 1, maxLength: 200 }) })

export default async function putJob(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.put(
    '/:id',
    {
      config: { operation: 'replace_job', scope: 'write' },
      validatorCompiler: compileAllButBody,
      schema: {
        params: IdParams,
        querystring: DryRunQuery,
        body: JobInput,
        response: ChangeAnswers
      }
    },
    async (request, reply) => {
      const { params, query, body } = request
      const options = preconditionOf(request)
      if (query.dry_run) return app.scheduler.dryRun.replaceJob(params.id, body, options)
      return tagJob(reply, await app.operationsFor(request).replaceJob(params.id, body, options))
    }
  )
  app.put(
    '/by-key/:key',
    {
      config: { operation: 'put_job', scope: 'write' },
      validatorCompiler: compileAllButBody,
      schema: {
        params: KeyParams,
        querystring: DryRunQuery,
        body: JobInput,
        response: { 201: Job, ...ChangeAnswers }
      }
    },
    async (request, reply) => {
      const { params, query, body } = request
      const options = preconditionOf(request)
      if (query.dry_run) return app.scheduler.dryRun.putJob(params.key, body, options)
      const { job, created } = await app.operationsFor(request).putJob(params.key, body, options)
      if (created) reply.code(201).header('location', `${folderOf(request)}/${job.id}`)
      return tagJob(reply, job)
    }
  )
}
