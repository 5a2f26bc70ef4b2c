import type { FastifyInstance, RouteOptions } from 'fastify'
import fp from 'fastify-plugin'
import { guardByHost } from './host-guard.ts'
import type { AppOptions } from './instance.ts'
import { guardByKeys } from './key-guard.ts'

/**
 * Refuses requests that may not do what they ask for, before anything else of them is looked at. The
 * service itself goes by keys; inside a host application, that is asked.
 */
export default fp<AppOptions>(
  async (app, { config, isService = false, authorize }) => {
    refuseBareRoutes(app)
    if (isService) await guardByKeys(app, config)
    else if (authorize !== undefined) guardByHost(app, authorize)
  },
  { name: 'carillon-auth', dependencies: ['carillon-errors', 'carillon-scheduler'] }
)

/** A route that somebody forgot to guard keeps the application from starting. */
function refuseBareRoutes(app: FastifyInstance): void {
  const routes: RouteOptions[] = []
  app.addHook('onRoute', (route) => {
    routes.push(route)
  })
  // Only now, because hooks of plugins may have given a route its scope.
  app.addHook('onReady', async () => {
    const isBare = ({ config }: RouteOptions) =>
      config?.open !== true && config?.scope === undefined
    const bare = routes.find(isBare)
    if (bare === undefined) return
    const route = `${bare.method.toString()} ${bare.url}`
    throw new Error(`The route ${route} declares neither a scope nor that it is open.`)
  })
}
