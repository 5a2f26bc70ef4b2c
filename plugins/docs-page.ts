import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { appOf } from './instance.ts'
import { pagePolicy } from './page-policy.ts'

/** The one style that the page makes by itself; the test in a browser tells when there is another. */
const OWN_STYLE = "'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='"

const PAGE = '/docs'

/** Serves the description of the API as a page to read and to try, with all that it needs. */
export default fp(
  async (instance) => {
    const { openapi } = appOf(instance)
    await instance.register(async (docs: FastifyInstance) => {
      docs.addHook('onRoute', (route) => {
        route.config = { ...route.config, operation: 'docs', scope: 'read' }
        route.logLevel = 'warn'
      })
      docs.addHook('onRequest', async (request, reply) => {
        const [path = ''] = request.url.split('?')
        // Its files are relative to the page, which is therefore a folder; so is this redirect.
        if (path.endsWith(PAGE)) return reply.redirect(`.${PAGE}/`)
      })
      // The plugin takes the description from here; a host may have one of its own under this name.
      // The page has it in its own folder, and so the API above that.
      const describe = () => ({ ...JSON.parse(openapi()), servers: [{ url: '..' }] })
      Object.defineProperty(docs, 'swagger', { value: describe })
      await docs.register(swaggerUi, {
        routePrefix: PAGE,
        staticCSP: pagePolicy(OWN_STYLE),
        theme: { title: 'Carillon: the API' },
        uiConfig: { deepLinking: true, tryItOutEnabled: true, defaultModelsExpandDepth: 0 }
      })
    })
  },
  { name: 'carillon-docs-page', dependencies: ['carillon-openapi'] }
)
