import { existsSync } from 'node:fs'
import path from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import type { AppOptions } from './instance.ts'
import { pagePolicy } from './page-policy.ts'

const POLICY = pagePolicy()

const PAGE = 'ui'
const FILES = path.join(import.meta.dirname, '../dashboard/dist')

/** Names of these hold a digest of what is in them. */
const HASHED = /\/assets\//
/** It is for people, and no part of the API. */
const HIDDEN = { hide: true }
const A_YEAR_SECONDS = 31_536_000

/**
 * Serves the dashboard under `ui/`, and leads there from above it. At the root of a host application
 * the place above is the host's.
 */
export default fp<AppOptions>(
  async (instance, { config, isService = false }) => {
    if (!config.dashboard) return
    if (!existsSync(path.join(FILES, 'index.html'))) {
      instance.log.warn('The dashboard is not built, so there is none; run "npm run build".')
      return
    }
    await instance.register(async (dashboard: FastifyInstance) => {
      dashboard.addHook('onRoute', (route) => {
        route.config = { ...route.config, operation: 'dashboard', scope: 'read' }
      })
      await dashboard.register(fastifyStatic, {
        root: FILES,
        prefix: `/${PAGE}/`,
        // A host may have the decorator of one of its own.
        decorateReply: false,
        cacheControl: false,
        setHeaders: (reply, file) => {
          const lasting = `public, max-age=${A_YEAR_SECONDS}, immutable`
          reply.header('content-security-policy', POLICY)
          reply.header('cache-control', HASHED.test(file) ? lasting : 'no-cache')
        }
      })
      dashboard.get(`/${PAGE}`, { schema: HIDDEN }, lead)
      if (isService || !isRoot(instance.prefix)) dashboard.get('/', { schema: HIDDEN }, lead)
    })
  },
  { name: 'carillon-dashboard', dependencies: ['carillon-errors'] }
)

function isRoot(prefix: string): boolean {
  return prefix === '' || prefix === '/'
}

/** Relative, for nobody knows what the place is called outside of a proxy. */
function lead(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const [here = ''] = request.url.split('?')
  const last = here.slice(here.lastIndexOf('/') + 1)
  return reply.redirect(last === '' || last === PAGE ? `./${PAGE}/` : `./${last}/${PAGE}/`)
}
