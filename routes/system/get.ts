import type { FastifyInstance } from 'fastify'
import { appOf } from '../../plugins/instance.ts'
import { System } from '../../src/domain/system.ts'
import { ReadProblems } from '../answers.ts'

export default async function getSystem(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/',
    {
      config: { operation: 'get_system', scope: 'read' },
      schema: { response: { 200: System, ...ReadProblems } }
    },
    () => app.scheduler.system()
  )
}
