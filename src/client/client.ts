import type { FeedEvent } from '../domain/feed-event.ts'
import {
  createCoreCalls,
  transportOf,
  withDefaults,
  type ClientOptions,
  type CoreCalls
} from './core-client.ts'
import { listen, type EventsRequest } from './event-stream.ts'
import { createKeyCalls, type ClientKeys } from './keys.ts'
import { createProgramCalls, type ProgramCalls } from './program-calls.ts'
import type { CallOptions, TransportOptions } from './transport.ts'

/**
 * A service behind a URL. The calls are those of the scheduler that an application embeds, with the
 * same shapes; lists are read page by page as they are iterated over.
 */
export interface Client extends Omit<CoreCalls, 'dryRun'>, ProgramCalls {
  /** What happens, as it happens, until the signal fires or nobody iterates any more. */
  events(request?: EventsRequest): AsyncIterable<FeedEvent>
  /** Of the service itself; an application that embeds the scheduler has none. */
  readonly keys: ClientKeys
  /** In the text format of Prometheus. */
  metrics(): Promise<string>
  /** The description of the API, OpenAPI 3.1. */
  openapi(): Promise<Record<string, unknown>>
  /** The same client with a signal, or an idempotency key, for the calls made by it. */
  with(options: CallOptions): Client
}

/**
 * A client of a service. Requests that were not answered, or that may be tried again, are sent
 * again; a POST carries an `Idempotency-Key`, so that it is carried out once.
 * @throws TypeError for a URL that is none
 */
export function createClient(options: ClientOptions = {}): Client {
  return clientOf(withDefaults(options), {})
}

function clientOf(options: TransportOptions, callOptions: CallOptions): Client {
  const transport = transportOf(options, callOptions)
  return {
    ...createCoreCalls(transport),
    ...createProgramCalls(transport),
    events: (request = {}) => listen(transport, { ...callOptions, ...request }),
    keys: createKeyCalls(transport),
    metrics: async () => (await transport.send({ path: 'metrics' })).text(),
    openapi: () => transport.json({ path: 'openapi.json' }),
    with: (more) => clientOf(options, { ...callOptions, ...more })
  }
}
