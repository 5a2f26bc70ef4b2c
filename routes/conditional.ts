import { Type } from '@sinclair/typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { isNamed, jobEtag, versionsIn } from '../src/domain/etag.ts'
import { DryRun } from '../src/domain/dry-run.ts'
import { Job } from '../src/domain/job.ts'
import { Problem } from '../src/domain/problem.ts'
import { sendJson, WriteProblems } from './answers.ts'

/** What a change of a job may answer that `If-Match` can hold back. */
export const ChangeAnswers = {
  200: Type.Union([Job, DryRun]),
  ...WriteProblems,
  404: Problem,
  409: Problem,
  412: Problem
}

/** Sends what is JSON already, or 304 when the client has it. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  { body, etag }: { body: string | Buffer; etag: string }
): FastifyReply {
  reply.header('etag', etag)
  // May be kept, if it is asked each time whether it still holds.
  reply.header('cache-control', 'no-cache')
  const known = request.headers['if-none-match']
  if (known !== undefined && isNamed(known, etag)) return reply.code(304).send()
  return sendJson(reply, body)
}

/** The tag of a job that is sent as it is after a change. */
export function tagJob(reply: FastifyReply, job: Job): Job {
  reply.header('etag', jobEtag(job.version, JSON.stringify(job)))
  return job
}

/** The versions at which `If-Match` lets a job be changed. */
export function preconditionOf({ headers }: FastifyRequest): { versions?: number[] } {
  const header = headers['if-match']
  const versions = header === undefined ? undefined : versionsIn(header)
  return versions === undefined ? {} : { versions }
}
