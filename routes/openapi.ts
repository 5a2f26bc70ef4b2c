import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import { appOf } from '../plugins/instance.ts'
import { ReadProblems, sendJson } from './answers.ts'

const Description = Type.Object(
  { openapi: Type.String(), info: Type.Object({}, { additionalProperties: true }) },
  { additionalProperties: true, description: 'OpenAPI 3.1.' }
)

export default async function openapi(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/openapi.json',
    {
      config: { operation: 'get_openapi', scope: 'read' },
      schema: { response: { 200: Description, ...ReadProblems } }
    },
    async (_request, reply) => sendJson(reply, app.openapi())
  )
}
