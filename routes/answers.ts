import type { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../src/domain/problem.ts'

/**
 * What any route may answer: to a page of another site, to a request without the API key, under a
 * name that is not the service's own, to one of too many, and when the database fails it.
 */
export const CommonProblems = {
  401: Problem,
  403: Problem,
  421: Problem,
  429: Problem,
  500: Problem,
  503: Problem
}

/** What every route that reads may answer besides its own. */
export const ReadProblems = { 400: Problem, ...CommonProblems }

/** What every route that writes may answer besides its own. */
export const WriteProblems = { ...ReadProblems, 413: Problem, 415: Problem, 507: Problem }

/** What every POST may answer besides its own; see plugins/idempotency.ts. */
export const PostProblems = { ...WriteProblems, 409: Problem, 422: Problem }

/** The id in a path. */
export const IdParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
})

/** What every write of a job takes. */
export const DryRunQuery = Type.Object(
  {
    dry_run: Type.Boolean({ default: false, description: 'Say what would happen; write nothing.' })
  },
  { additionalProperties: false }
)

/** A request without anything to say. */
export const NoBody = Type.Object({}, { additionalProperties: false })

/** An answer without a body. */
export const NoContent = Type.Unsafe<undefined>(Type.Null())

/**
 * A merge patch (RFC 7396) of a job. Only its being an object is checked here: `null` means "remove",
 * so what it makes of the job is checked as a whole.
 */
export const MergePatch = Type.Record(Type.String(), Type.Unknown())

/**
 * Where the routes of this folder are, as the client wrote it: a host may have mounted them under a
 * prefix with parameters, such as `/:tenant`.
 */
export function folderOf({ url, server }: FastifyRequest): string {
  const depth = server.prefix.split('/').length
  const [path = ''] = url.split('?')
  return path.replaceAll(/\/+/g, '/').split('/').slice(0, depth).join('/')
}

/** For routes whose body may be left out. */
export async function optionalBody(request: FastifyRequest): Promise<void> {
  request.body ??= {}
}

/** Sends what is JSON already. */
export function sendJson(reply: FastifyReply, json: string | Buffer | Readable): FastifyReply {
  return reply.header('content-type', 'application/json; charset=utf-8').send(json)
}
