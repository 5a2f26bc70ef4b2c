import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import Fastify from 'fastify'
import { test } from 'tap'
import carillon from '../index.ts'
import { ERROR_CODES } from '../src/domain/errors.ts'
import { HTTP_CODES, PROBLEMS } from '../src/domain/problems.ts'
import { OPERATIONS } from '../src/openapi/operations.ts'
import { createTestApp } from './helpers/app.ts'
import { document, openapiFault, type OpenapiDocument } from './helpers/openapi-check.ts'

const committed = readFileSync(path.join(import.meta.dirname, '../openapi.json'), 'utf8')

test('the published description is that of the API that runs', async (t) => {
  const { app, request } = await createTestApp(t, { isService: true })
  const written = JSON.parse(committed)
  t.strictSame(JSON.parse(app.openapi()), written, 'run "npm run openapi" and commit it')
  const { text, headers } = await request('GET /openapi.json')
  t.equal(text, app.openapi())
  t.match(headers['content-type'], /^application\/json/)
})

test('the description is one by the standard', async (t) => {
  const { valid, errors } = await new Validator().validate(JSON.parse(committed))
  t.same(errors, undefined)
  t.ok(valid)
  t.equal(document.openapi, '3.1.0')
})

test('every route is described under a name of its own, with a sentence', async (t) => {
  const { routes } = await createTestApp(t, { isService: true })
  const declared = routes.flatMap(({ method, config }) =>
    method === 'HEAD' || config?.operation === undefined ? [] : [config.operation]
  )
  const described = Object.values(document.paths).flatMap((operations) =>
    Object.values(operations).map(({ operationId }) => operationId)
  )
  t.strictSame(described.toSorted(), declared.toSorted())
  t.strictSame(Object.keys(OPERATIONS).toSorted(), declared.toSorted())
  t.equal(new Set(declared).size, declared.length)
  for (const { config } of routes) {
    const { operation = '', open = false } = config ?? {}
    t.equal(OPERATIONS[operation]?.open === true, open, operation)
  }
})

/** Who may call is the host's to say: inside of it there is nothing about keys. */
function withoutKeys(whole: OpenapiDocument): OpenapiDocument {
  const others = (parts: object, pattern: RegExp) =>
    Object.fromEntries(Object.entries(parts).filter(([name]) => !pattern.test(name)))
  const { components } = whole
  const schemas = others(components.schemas, /ApiKey$/)
  return {
    ...whole,
    paths: others(whole.paths, /^\/keys/),
    components: { ...components, schemas }
  }
}

test('under a prefix the paths are relative to the description, and in that of the host they are whole', async (t) => {
  const { default: swagger } = await import('@fastify/swagger')
  const host = Fastify()
  t.teardown(() => host.close())
  await host.register(swagger, { openapi: { openapi: '3.1.0' } })
  await host.register(carillon, { prefix: '/a/scheduler', database: 'sqlite::memory:' })
  host.get('/own', async () => 'own')
  await host.ready()
  const answer = await host.inject('/a/scheduler/openapi.json')
  t.strictSame(answer.json(), withoutKeys(JSON.parse(committed)))
  const paths = Object.keys(host.swagger().paths ?? {})
  t.ok(paths.includes('/own'))
  t.ok(paths.includes('/a/scheduler/jobs/{id}'))
})

test('an answer that is not as described is found', (t) => {
  const problem = { type: '/x', title: 't', status: 404, detail: 'd', instance: '/', code: 'c' }
  const sent = (more: object) =>
    openapiFault({
      method: 'GET',
      path: '/runs/1',
      status: 404,
      contentType: 'application/problem+json; charset=utf-8',
      body: JSON.stringify({ ...problem, request_id: 'r' }),
      ...more
    })
  t.equal(sent({}), null)
  t.equal(sent({ path: '/runs/1?x=1' }), null)
  t.match(sent({ status: 418 }), /status 418 is not declared/)
  t.match(sent({ contentType: 'application/json' }), /application\/problem\+json is declared/)
  t.match(sent({ body: JSON.stringify(problem) }), /request_id/)
  t.match(sent({ status: 200, contentType: 'application/json', body: '{}' }), /required/)
  t.match(sent({ path: '/nothing', body: '{}' }), /required/)
  t.match(sent({ method: 'DELETE', path: '/jobs/1', status: 204, body: 'x' }), /there is a body/)
  const jobs = { path: '/jobs', status: 200, contentType: 'application/json' }
  t.equal(sent({ ...jobs, body: '[]' }), null)
  t.match(sent({ ...jobs, body: '{}' }), /must be array/)
  const exported = { path: '/jobs/export', status: 200, contentType: 'application/json' }
  t.equal(sent({ ...exported, body: '{"jobs":[]}' }), null)
  t.match(sent({ ...exported, body: '{"jobs":[],"more":1}' }), /additional properties/)
  t.end()
})

test('every error has a page, which says what it means and what to do', async (t) => {
  const { request } = await createTestApp(t, {
    isService: true,
    config: { apiKey: 'k'.repeat(40) }
  })
  const { body } = await request('GET /problems')
  const pages = body as { code: string; status: number; meaning: string; fix: string }[]
  const inCodeOnly = new Set(['invalid_configuration', 'handler_exists'])
  const codes = [...ERROR_CODES, ...HTTP_CODES].filter((code) => !inCodeOnly.has(code))
  t.strictSame(pages.map(({ code }) => code).toSorted(), codes.toSorted())
  t.strictSame(codes.toSorted(), Object.keys(PROBLEMS).toSorted())
  for (const page of pages) {
    t.match(await request(`GET /problems/${page.code}`), { status: 200, body: page })
    t.match(page, { meaning: /^[A-Z].*\.$/, fix: /^[A-Z].*\.$/ }, page.code)
  }
  t.match(await request('GET /problems/nothing'), {
    status: 404,
    body: { type: '/problems/route_not_found' }
  })
  const refused = await request('GET /jobs')
  const { type } = refused.body as { type: string }
  t.match(await request(`GET ${type}`), { status: 200, body: { code: 'unauthorized' } })
})
