import type { FastifyReply, FastifyRequest, RouteHandlerMethod } from 'fastify'
import fp from 'fastify-plugin'
import { callerOf } from './caller.ts'
import { appOf } from './instance.ts'
import { CarillonError } from '../src/domain/errors.ts'
import type { StoredAnswer } from '../src/domain/stored-answer.ts'
import { shown } from '../src/domain/validation.ts'
import type { KeyedRequest } from '../src/operations/once.ts'
import type { Operations } from '../src/operations/operations.ts'

/** Visible ASCII; a UUID is what most clients send. */
const KEY = /^[\x21-\x7e]{1,255}$/
const KEPT_HEADERS = ['location', 'etag']

/**
 * Lets every POST be sent more than once and carried out once, by the header `Idempotency-Key` (IETF
 * draft-ietf-httpapi-idempotency-key-header). Handlers of routes that write ask
 * `operationsFor(request)`, not the scheduler: what they do is noted with who sent the request, and
 * with a key it is a part of the transaction that keeps the answer.
 */
export default fp(
  async (instance) => {
    const app = appOf(instance)
    const enlisted = new WeakMap<FastifyRequest, Operations>()
    const operationsFor = (request: FastifyRequest): Operations =>
      enlisted.get(request) ?? app.scheduler.as(callerOf(request))
    app.decorate('operationsFor', operationsFor)

    const onceOnly = (handler: RouteHandlerMethod): RouteHandlerMethod =>
      async function carryOutOnce(request, reply) {
        const keyed = keyedRequest(request)
        if (keyed === null) return handler.call(this, request, reply)
        const { answer, replayed } = await app.scheduler.once(keyed, async (operations) => {
          enlisted.set(request, operations)
          return storedAnswer(reply, await handler.call(this, request, reply))
        })
        if (replayed) reply.header('idempotency-replayed', 'true')
        return reply
          .code(answer.status)
          .headers(answer.headers)
          .type('application/json; charset=utf-8')
          .send(answer.body)
      }

    app.addHook('onRoute', (route) => {
      if (route.method !== 'POST') return
      const { config, handler } = route
      if (config?.idempotent === true) return
      route.handler = config?.once === false ? neverTwice(handler) : onceOnly(handler)
    })
  },
  { name: 'carillon-idempotency', dependencies: ['carillon-scheduler'] }
)

/** For what cannot be answered again: the answer is not to be kept, or not within a transaction. */
function neverTwice(handler: RouteHandlerMethod): RouteHandlerMethod {
  return function carryOut(request, reply) {
    if (request.headers['idempotency-key'] === undefined) {
      return handler.call(this, request, reply)
    }
    throw refusedHeader(
      'The header "Idempotency-Key" cannot be used here: the answer is not kept, so it cannot be given again; leave it out.'
    )
  }
}

/** Null for a request without a key, and for a dry run, which does nothing anyway. */
function keyedRequest(request: FastifyRequest): KeyedRequest | null {
  const { headers, method, url, body, query } = request
  const key = headers['idempotency-key']
  if (key === undefined) return null
  if (typeof key !== 'string' || !KEY.test(key)) throw wrongKey(key)
  if (isDry(query) || isDry(body)) return null
  const caller = callerOf(request)
  return {
    caller: caller.actor ?? '',
    as: caller,
    key,
    content: JSON.stringify([method, url, body])
  }
}

function isDry(part: unknown): boolean {
  return typeof part === 'object' && part !== null && 'dry_run' in part && part.dry_run === true
}

/** What a handler returned; it must not have been sent, for it is not committed yet. */
function storedAnswer(reply: FastifyReply, result: unknown): StoredAnswer {
  if (reply.sent || result === reply) throw new Error('A POST handler must return its answer.')
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = reply.getHeader(name)
      return value === undefined ? [] : [[name, String(value)]]
    })
  )
  return { status: reply.statusCode, headers, body: JSON.stringify(result) }
}

function wrongKey(key: unknown): CarillonError {
  const detail = `The header "Idempotency-Key" is ${shown(key)}, but must be 1 to 255 visible ASCII characters, such as a UUID.`
  return refusedHeader(detail)
}

function refusedHeader(detail: string): CarillonError {
  const faults = [{ in: 'headers' as const, pointer: '/idempotency-key', detail }]
  return new CarillonError('validation_failed', detail, { faults })
}
