import { randomBytes } from 'node:crypto'
import Fastify, { type FastifyInstance, type RouteOptions } from 'fastify'
import app from '../../app.ts'
import { parseConfig } from '../../src/config.ts'

/** The whole API on a database of its own, running nothing. */
export async function startDocApp({
  allowCommands = false,
  onRoute = () => undefined
}: {
  allowCommands?: boolean
  onRoute?: (route: RouteOptions) => void
} = {}): Promise<FastifyInstance> {
  const server = Fastify()
  server.addHook('onRoute', onRoute)
  const secretKey = randomBytes(32).toString('base64')
  const options = { database: 'sqlite::memory:', autoStart: false, allowCommands, secretKey }
  const config = parseConfig(options)
  await app(server, { config, isService: true })
  await server.ready()
  return server
}

/** A route of the API. */
export interface DocRoute {
  /** Such as "GET /jobs/:id". */
  name: string
  /** What its query string takes. */
  query: string[]
}

export async function routesOf(): Promise<DocRoute[]> {
  const routes: DocRoute[] = []
  const server = await startDocApp({
    onRoute: ({ method, url, schema }) => {
      if (method === 'HEAD' || schema?.hide === true) return
      const querystring = schema?.querystring as { properties?: object } | undefined
      routes.push({
        name: `${String(method)} ${url.replace(/(?<=.)\/$/, '')}`,
        query: Object.keys(querystring?.properties ?? {})
      })
    }
  })
  await server.close()
  return routes
}

/** A metric as it is scraped; its labels, if there is a series of it. */
export interface DocMetric {
  name: string
  type: string
  labels: string[] | null
}

/** Every metric but those that every Node process has. */
export async function metricsOf(): Promise<DocMetric[]> {
  const all = await scrapedMetrics()
  return all.filter(({ name }) => !/^(?:process|nodejs)_/.test(name))
}

/** Every metric of a scrape. */
export async function scrapedMetrics(): Promise<DocMetric[]> {
  const server = await startDocApp()
  await server.inject({
    method: 'POST',
    url: '/jobs',
    payload: { name: 'One', schedule: '@daily' }
  })
  const { body } = await server.inject('/metrics')
  await server.close()
  const types = [...body.matchAll(/^# TYPE (\w+) (\w+)$/gm)]
  return types.map(([, name = '', type = '']) => ({ name, type, labels: labelsOf(body, name) }))
}

function labelsOf(body: string, name: string): string[] | null {
  const line = new RegExp(`^${name}(?:_sum)?(?:\\{(.*)\\})? `, 'm').exec(body)
  if (line === null) return null
  return [...(line[1] ?? '').matchAll(/(\w+)="/g)].map(([, label = '']) => label)
}
