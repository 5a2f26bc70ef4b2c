import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { System } from '../../src/domain/system.ts'
import { CommonProblems } from '../answers.ts'

export default async function getSystem(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/',
    {
      config: { operation: 'get_system', scope: 'read' },
      schema: { response: { 200: System, ...CommonProblems } }
    },
    () => app.scheduler.system()
  )
}
