import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { Pruned } from '../../src/domain/system.ts'
import { NoBody, optionalBody, WriteProblems } from '../answers.ts'

export default async function prune(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/prune',
    {
      config: { operation: 'prune', scope: 'admin', idempotent: true },
      preValidation: optionalBody,
      schema: { body: NoBody, response: { 200: Pruned, ...WriteProblems } }
    },
    () => app.scheduler.prune()
  )
}
