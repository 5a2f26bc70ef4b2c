import type { FeedEvent, FeedTopic } from '../domain/feed-event.ts'
import { createEventParser, type StreamState } from './event-parser.ts'
import { ConnectionError, ProblemError } from './errors.ts'
import { isTemporary, pause, waitBefore } from './retrying.ts'
import type { Transport } from './transport.ts'

/** What of the stream is wanted. */
export interface EventsRequest {
  /** `jobs`, `runs` and `stats`, if left out. */
  topics?: readonly FeedTopic[]
  job_id?: number
  /** Needed for the topic `output`. */
  run_id?: number
  /** Ends the stream, without an error. */
  signal?: AbortSignal
}

/** Waits before this many tries at most grow; after that they stay as long. */
const MAX_GROWTH = 6

/**
 * The events of a service as they come, for as long as they are asked for: a stream that breaks is
 * taken up where it broke. An event `resync` says that this was not possible, and what is shown is
 * to be read anew.
 * @throws ProblemError where the service refuses the stream
 */
export async function* listen(
  transport: Transport,
  { topics, signal, ...filter }: EventsRequest
): AsyncGenerator<FeedEvent> {
  const state: StreamState = { lastEventId: '', retryMs: null }
  const query = { ...filter, topics: topics?.join(',') }
  const isOver = (): boolean => signal?.aborted === true
  for (let failures = 0; !isOver(); failures++) {
    try {
      const headers = state.lastEventId === '' ? {} : { 'last-event-id': state.lastEventId }
      const call = { path: 'events', query, headers, isStream: true, ...(signal && { signal }) }
      const { body } = await transport.send(call)
      for await (const event of eventsIn(body, state)) {
        failures = 0
        yield event
        if (isOver()) return
      }
    } catch (error) {
      if (isOver()) return
      if (!isBroken(error)) throw error
    }
    const wait = waitBefore(Math.min(failures + 1, MAX_GROWTH), null) + (state.retryMs ?? 0)
    await pause(wait, signal).catch(() => undefined)
  }
}

async function* eventsIn(
  body: ReadableStream<Uint8Array> | null,
  state: StreamState
): AsyncGenerator<FeedEvent> {
  const parse = createEventParser(state)
  const decoder = new TextDecoder()
  for await (const piece of body ?? []) {
    const text = decoder.decode(piece, { stream: true })
    for (const { event, data } of parse(text)) yield feedEvent(event, data)
  }
}

function feedEvent(name: string, data: string): FeedEvent {
  const event: FeedEvent = JSON.parse(`{"name":${JSON.stringify(name)},"data":${data}}`)
  return event
}

/**
 * Fetch tells of a connection that broke in the middle of a body by a TypeError; a proxy answers
 * while the service behind it starts again.
 */
function isBroken(error: unknown): boolean {
  if (error instanceof ProblemError) return isTemporary(error.status)
  return error instanceof ConnectionError || error instanceof TypeError
}
