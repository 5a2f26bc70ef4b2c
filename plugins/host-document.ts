import type { SwaggerTransform } from '@fastify/swagger'
import fp from 'fastify-plugin'
import { OPERATION } from '../src/openapi/finish-document.ts'
import { readableSchema } from '../src/openapi/shared-schemas.ts'

const TAG = 'scheduler'

/** A route in the words of OpenAPI, and which operation it is. */
const describe: SwaggerTransform = ({ schema, url, route }) => {
  const parts = Object.entries(schema ?? {}).map(([part, value]) => [part, readableSchema(value)])
  const { operation, scope } = route.config ?? {}
  const description =
    scope === undefined
      ? []
      : [['description', scope === null ? 'Scope: any.' : `Scope: \`${scope}\`.`]]
  return { schema: Object.fromEntries([...description, ...parts, [OPERATION, operation]]), url }
}

/**
 * Lets OpenAPI documents (`@fastify/swagger`), ours and that of a host application, show our routes:
 * with a tag, because a host may leave out what has none, and by a transform of their own, because
 * that of a host with other schemas, such as Zod, fails on ours. What a route or a hook of the host
 * says comes first.
 */
export default fp(
  async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { swaggerTransform: describe, ...route.config }
      route.schema = { tags: [TAG], ...route.schema }
    })
  },
  { name: 'carillon-host-document' }
)
