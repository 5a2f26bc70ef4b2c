import { Type } from '@sinclair/typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { isStillAllowed } from '../plugins/caller.ts'
import { appOf, type App } from '../plugins/instance.ts'
import { CarillonError } from '../src/domain/errors.ts'
import { DEFAULT_FEED_TOPICS, FEED_TOPICS, type FeedTopic } from '../src/domain/feed-event.ts'
import { shown } from '../src/domain/validation.ts'
import type { FeedRequest } from '../src/feed/feed.ts'
import { IdParams, ReadProblems } from './answers.ts'
import { createEventStream } from './event-stream.ts'

const EventsQuery = Type.Object(
  {
    topics: Type.String({
      default: DEFAULT_FEED_TOPICS.join(),
      maxLength: 100,
      description: `Of ${FEED_TOPICS.join(', ')}; "output" only with "run_id".`
    }),
    job_id: Type.Optional(IdParams.properties.id),
    run_id: Type.Optional(IdParams.properties.id)
  },
  { additionalProperties: false }
)

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would wait for more before it passes anything on.
  'x-accel-buffering': 'no'
}

export default async function events(instance: FastifyInstance): Promise<void> {
  const app = appOf(instance)
  app.get(
    '/events',
    {
      config: { operation: 'follow_events', scope: 'read' },
      logLevel: 'warn',
      schema: {
        querystring: EventsQuery,
        response: {
          200: Type.String({ description: 'Server-Sent Events, without an end.' }),
          ...ReadProblems
        }
      }
    },
    async (request, reply) => {
      const { topics, job_id: jobId = null, run_id: runId = null } = request.query
      const lastEventId = lastEventIdOf(request.headers['last-event-id'])
      return follow(app, reply, { topics: topicsIn(topics, runId), jobId, runId, lastEventId })
    }
  )
}

async function follow(
  { clock, feed }: App,
  reply: FastifyReply,
  wanted: FeedRequest
): Promise<FastifyReply> {
  // Who asks for the headers alone would never end a stream.
  if (reply.request.method === 'HEAD') return reply.headers(HEADERS).send()
  const { request } = reply
  const stream = createEventStream(clock, reply.raw, () => isStillAllowed(request))
  try {
    const leave = await feed.subscribe(stream, wanted)
    stream.body.once('close', leave)
  } catch (error) {
    stream.body.destroy()
    throw error
  }
  stream.open()
  return reply.headers(HEADERS).send(stream.body)
}

function topicsIn(text: string, runId: number | null): ReadonlySet<FeedTopic> {
  const topics = new Set<FeedTopic>()
  for (const word of text.split(',').map((one) => one.trim())) {
    const topic = FEED_TOPICS.find((one) => one === word)
    if (topic === undefined) throw refused(`${shown(word)} is none of ${FEED_TOPICS.join(', ')}.`)
    topics.add(topic)
  }
  if (!topics.has('output') || runId !== null) return topics
  throw refused('"output" is that of one run; name it by "run_id".')
}

function refused(reason: string): CarillonError {
  const detail = `"topics" cannot be listened to: ${reason}`
  const faults = [{ in: 'query' as const, pointer: '/topics', detail }]
  return new CarillonError('validation_failed', detail, { faults })
}

/** An empty one is sent by who has none; one sent twice is nobody's. */
function lastEventIdOf(header: string | string[] | undefined): string | null {
  return header === undefined || header === '' ? null : String(header)
}
