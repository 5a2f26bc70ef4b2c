import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { decodeCursor } from '../src/domain/cursor.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { shown } from '../src/domain/validation.ts'

/** What every list takes. */
export const PageQuery = {
  limit: Type.Integer({ minimum: 1, maximum: 1_000, default: 100 }),
  cursor: Type.Optional(
    Type.String({ maxLength: 1_200, description: 'From the `Link` of the page before.' })
  )
}

/**
 * The place where the page before ended, or null at the first one.
 * @throws CarillonError `validation_failed`
 */
export function positionOf(cursor: string | undefined, length: number): number[] | null {
  if (cursor === undefined) return null
  const position = decodeCursor(cursor, length)
  if (position !== null) return position
  throw wrongCursor(cursor)
}

/** For a cursor that does not belong to the list. */
export function wrongCursor(cursor: string): CarillonError {
  const detail = `"cursor" is ${shown(cursor)}, which is not of this list; take it from the Link header of the page before.`
  const faults = [{ in: 'query' as const, pointer: '/cursor', detail }]
  return new CarillonError('validation_failed', detail, { faults })
}

/** Points to the next page (RFC 8288), relative so that it is right behind every proxy. */
export function linkNext(request: FastifyRequest, reply: FastifyReply, cursor: string): void {
  const query = new URLSearchParams(request.url.split('?')[1])
  query.set('cursor', cursor)
  reply.header('link', `<?${query.toString()}>; rel="next"`)
}
