import type { FastifyInstance } from 'fastify'
import { callerOf } from '../../plugins/caller.ts'
import { appOf } from '../../plugins/instance.ts'
import { PauseScheduling, Scheduling } from '../../src/domain/scheduling.ts'
import { NoBody, optionalBody, WriteProblems } from '../answers.ts'

// Not within the transaction of an idempotency key: a pause waits, after its commit, for what others do.
export default async function pauseScheduling(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.post(
    '/pause',
    {
      config: { operation: 'pause_scheduling', scope: 'admin', idempotent: true },
      preValidation: optionalBody,
      schema: { body: PauseScheduling, response: { 200: Scheduling, ...WriteProblems } }
    },
    (request) => app.scheduler.pauseScheduling(request.body, callerOf(request))
  )
  app.post(
    '/resume',
    {
      config: { operation: 'resume_scheduling', scope: 'admin', idempotent: true },
      preValidation: optionalBody,
      schema: { body: NoBody, response: { 200: Scheduling, ...WriteProblems } }
    },
    (request) => app.scheduler.resumeScheduling(callerOf(request))
  )
}
