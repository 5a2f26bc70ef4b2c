import type { SwaggerTransform } from '@fastify/swagger'
import fp from 'fastify-plugin'

const TAG = 'scheduler'
const AS_IT_IS: SwaggerTransform | false = false

/**
 * Lets the OpenAPI document of a host application (`@fastify/swagger`) show our routes: with a tag,
 * because it may leave out what has none, and as they are, because the `transform` of a host with
 * other schemas, such as Zod, fails on ours. What a route or a hook of the host says comes first.
 */
export default fp(
  async (app) => {
    app.addHook('onRoute', (route) => {
      route.config = { swaggerTransform: AS_IT_IS, ...route.config }
      route.schema = { tags: [TAG], ...route.schema }
    })
  },
  { name: 'carillon-host-document' }
)
