import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import type { FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import carillon from '../../index.ts'
import { createHost, UNDER_PREFIX } from '../helpers/host.ts'

const openapi = { info: { title: 'host', version: '1.0.0' } }

interface Operation {
  tags?: string[]
  requestBody?: unknown
  responses: Record<string, unknown>
}

/** What the document of a host with our routes says of them, by path and method. */
async function documented(
  t: Test,
  options: FastifyDynamicSwaggerOptions,
  prepare?: (host: FastifyInstance) => void
): Promise<Record<string, Record<string, Operation>>> {
  const host = createHost(t)
  await host.register(swagger, { openapi, ...options })
  prepare?.(host)
  await host.register(carillon, UNDER_PREFIX)
  await host.ready()
  return host.swagger().paths as Record<string, Record<string, Operation>>
}

test('the document of a host shows our routes, with what they take and answer', async (t) => {
  const paths = await documented(t, {})
  const created = paths['/scheduler/jobs/']?.['post']
  t.match(created?.requestBody, {
    content: { 'application/json': { schema: { required: ['name'] } } }
  })
  t.match(Object.keys(created?.responses ?? {}), ['200', '201', '400'])
  t.ok(paths['/scheduler/runs/{id}']?.['get'])
})

test('a host that hides what has no tag still shows ours', async (t) => {
  const paths = await documented(t, { hideUntagged: true })
  t.ok(paths['/scheduler/jobs/']?.['post']?.tags?.length)
  t.ok(paths['/scheduler/readyz']?.['get']?.tags?.length)
})

test('a transform of the host for its own schemas, as of Zod, is not asked for ours', async (t) => {
  const paths = await documented(t, { transform: jsonSchemaTransform })
  t.ok(paths['/scheduler/jobs/']?.['post']?.requestBody)
  const failing = await documented(t, {
    transform: () => {
      throw new Error('The host knows no such schema.')
    }
  })
  t.strictSame(failing, paths)
})

test('a hook of the host can leave our routes out of its document', async (t) => {
  const paths = await documented(t, {}, (host) => {
    host.addHook('onRoute', (route) => {
      if (route.url.startsWith('/scheduler')) route.schema = { ...route.schema, hide: true }
    })
  })
  t.strictSame(Object.keys(paths), [])
})
