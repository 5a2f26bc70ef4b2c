import {
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider
} from 'fastify-type-provider-zod'
import Fastify, { type FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import { z } from 'zod'
import carillon from '../../index.ts'
import { createHost, DAILY, postJob, UNDER_PREFIX } from '../helpers/host.ts'

/** Our routes take, refuse and answer as they do in the service, whatever the host does. */
async function provesItself(t: Test, host: Pick<FastifyInstance, 'inject'>): Promise<void> {
  const post = (payload: object) => host.inject({ method: 'POST', url: '/scheduler/jobs', payload })
  const created = await post({ ...DAILY, params: { a: null, b: '1' } })
  t.equal(created.statusCode, 201, created.payload)
  t.match(created.json(), { name: 'daily', params: { a: null, b: '1' }, target: { type: 'log' } })
  t.strictSame((await host.inject('/scheduler/jobs/1')).json(), created.json())
  t.strictSame((await host.inject('/scheduler/jobs?limit=1')).json(), [created.json()])
  const typo = await post({ ...DAILY, repeat_intervall: '1h' })
  t.match(typo.json(), { status: 400, detail: /Did you mean "repeat_interval"\?/ })
  t.equal((await post({ ...DAILY, priority: '1' })).statusCode, 400, 'nothing is coerced')
  t.equal((await host.inject('/scheduler/jobs?limit=x')).statusCode, 400)
}

test('a host with the Zod type provider keeps its types, checks and serializer', async (t) => {
  const host = Fastify().withTypeProvider<ZodTypeProvider>()
  t.teardown(() => host.close())
  host.setValidatorCompiler(validatorCompiler)
  host.setSerializerCompiler(serializerCompiler)
  await host.register(carillon, UNDER_PREFIX)
  const body = z.object({ name: z.string().min(3) })
  const reminder = z.object({ id: z.number() })
  host.post('/reminders', { schema: { body, response: { 200: reminder } } }, (request) =>
    host.scheduler
      .createJob({ name: request.body.name, schedule: '@daily' })
      .then(({ id }) => ({ id, secret: 'left out by the serializer' }))
  )
  await provesItself(t, host)
  const remind = (name: string) =>
    host.inject({ method: 'POST', url: '/reminders', payload: { name } })
  t.strictSame((await remind('tea')).json(), { id: 2 })
  t.equal((await remind('x')).statusCode, 400)
})

test('options for Ajv that coerce, fill in and remove do not reach our routes', async (t) => {
  const customOptions = {
    coerceTypes: 'array',
    removeAdditional: 'all',
    useDefaults: true
  } as const
  const host = createHost(t, { ajv: { customOptions } })
  await host.register(carillon, UNDER_PREFIX)
  await provesItself(t, host)
})

test('compilers that a host builds in a schema controller are not asked for our schemas', async (t) => {
  const unknown = () => () => {
    throw new Error('The compiler of the host knows no such schema.')
  }
  const compilersFactory = { buildValidator: unknown, buildSerializer: unknown }
  const host = createHost(t, { schemaController: { compilersFactory } })
  await host.register(carillon, UNDER_PREFIX)
  await provesItself(t, host)
})

test('schemas of the host with the names of ours stay the ones of the host', async (t) => {
  const host = createHost(t)
  for (const $id of ['Job', 'JobInput', 'Run']) {
    host.addSchema({ $id, type: 'object', required: ['host'], properties: { host: {} } })
  }
  await host.register(carillon, UNDER_PREFIX)
  host.post('/own', { schema: { body: { $ref: 'Job#' } } }, (_request, reply) =>
    reply.send('taken')
  )
  await provesItself(t, host)
  const own = (payload: object) => host.inject({ method: 'POST', url: '/own', payload })
  t.equal((await own({ host: 1 })).payload, 'taken')
  t.equal((await own(DAILY)).statusCode, 400)
})

test('a formatter of the host for schema errors says nothing of ours', async (t) => {
  const host = createHost(t, { schemaErrorFormatter: () => new Error('said by the host') })
  host.setSchemaErrorFormatter(() => new Error('said by the host'))
  await host.register(carillon, UNDER_PREFIX)
  t.notMatch((await postJob(host, {})).payload, /said by the host/)
  await provesItself(t, host)
})

test('parsers of the host for JSON and forms stay for its routes, ours for ours', async (t) => {
  const host = createHost(t)
  host.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    async () => 'JSON of the host'
  )
  host.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_: unknown, body: string) => Object.fromEntries(new URLSearchParams(body))
  )
  host.addContentTypeParser('*', async () => 'anything')
  host.post('/own', (request, reply) => reply.send({ got: request.body }))
  await host.register(carillon, UNDER_PREFIX)
  await provesItself(t, host)
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const own = (headers: Record<string, string>, payload: string) =>
    host.inject({ method: 'POST', url: '/own', headers, payload })
  t.strictSame((await own({ 'content-type': 'application/json' }, '{}')).json(), {
    got: 'JSON of the host'
  })
  t.strictSame((await own(form, 'a=1')).json(), { got: { a: '1' } })
  const sent = { url: '/scheduler/jobs', headers: form, payload: 'name=n' }
  t.equal((await host.inject({ method: 'POST', ...sent })).statusCode, 415)
})

test('a parser of the host for query strings may give numbers already', async (t) => {
  const querystringParser = (text: string) =>
    Object.fromEntries(
      [...new URLSearchParams(text)].map(([name, value]) => [
        name,
        /^\d+$/.test(value) ? Number(value) : value
      ])
    )
  const host = createHost(t, { routerOptions: { querystringParser } })
  await host.register(carillon, UNDER_PREFIX)
  await provesItself(t, host)
})
