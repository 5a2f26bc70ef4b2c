import type { FastifyInstance, FastifyRequest } from 'fastify'
import { callerOf, demandScope, scopesOf } from '../plugins/caller.ts'
import { appOf, type AppOptions } from '../plugins/instance.ts'
import { Access } from '../src/domain/access.ts'
import { ReadProblems } from './answers.ts'

export default async function access(
  instance: FastifyInstance,
  { config: { title } }: AppOptions
): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/access',
    {
      config: { operation: 'get_access', scope: null },
      schema: { response: { 200: Access, ...ReadProblems } }
    },
    (request) => accessOf(request, title)
  )
}

async function accessOf(request: FastifyRequest, title: string): Promise<Access> {
  const scopes = await scopesOf(request)
  // Who may do nothing is refused here as everywhere.
  if (scopes.length === 0) await demandScope(request, 'read')
  return { scopes, actor: callerOf(request).actor, title }
}
