import { randomBytes } from 'node:crypto'
import { CarillonError } from '../domain/errors.ts'
import type { FeedEvent } from '../domain/feed-event.ts'
import { formatInstant } from '../domain/instant.ts'
import type { EventHub } from '../engine/events.ts'
import { version } from '../version.ts'
import { eventId, seqOf } from './event-id.ts'
import { isWanted, type FeedFilter } from './filter.ts'
import { createRing, type FeedMessage } from './ring.ts'
import type { SchedulingNewsParts } from './scheduling-news.ts'
import type { Slots } from './stats.ts'
import { createWakefulness } from './wakefulness.ts'
import { startWatch, type Watch } from './watch.ts'

/** How many may listen at once. */
export const MAX_LISTENERS = 200
/** What is kept for listeners that come back. */
const KEPT = { messages: 1_000, characters: 4 * 1024 * 1024 }

/** Somebody who is told. */
export interface FeedListener {
  tell(message: FeedMessage): void
  /** Nothing more will be told. */
  end(): void
}

export interface FeedRequest extends FeedFilter {
  /** The id of the last event that the listener has seen; null for a new one. */
  lastEventId: string | null
}

/**
 * Tells listeners what happens to jobs and runs, on whichever replica. While nobody listens, and
 * nobody did within the last minute, it does nothing at all.
 */
export interface Feed {
  /**
   * Tells from now on: first `hello`, then what was missed since `lastEventId`, or `resync` where
   * that is not known any more.
   * @returns what ends it
   * @throws CarillonError `too_many_listeners`; what the database throws that cannot be followed
   */
  subscribe(listener: FeedListener, request: FeedRequest): Promise<() => void>
  /** How many listen now. */
  listeners(): number
  /** Ends every listener; nobody is told any more. */
  close(): Promise<void>
}

export interface FeedParts extends SchedulingNewsParts {
  events: EventHub
  slots(): Slots
}

/** Only of interest at the moment: not worth the room among what is kept. */
const UNKEPT: ReadonlySet<FeedEvent['name']> = new Set([
  'hello',
  'stats',
  'scheduling',
  'run_output'
])

export function createFeed(parts: FeedParts): Feed {
  const { clock } = parts
  const epoch = randomBytes(6).toString('hex')
  const ring = createRing(KEPT)
  /** Null for who has a place, but is told nothing before it is greeted. */
  const listeners = new Map<FeedListener, FeedFilter | null>()
  const hasOutputListener = (runId: number): boolean =>
    [...listeners.values()].some((one) => one?.runId === runId && one.topics.has('output'))
  /**
   * Whether anybody listens to changes, or did since it woke and may come back: they would take the
   * room of what happens to jobs and runs among what is kept.
   */
  let areChangesWanted = false
  const awake = createWakefulness({
    clock,
    wake: () =>
      startWatch({
        ...parts,
        hasOutputListener,
        areChangesWanted: () => areChangesWanted,
        publish
      }),
    onAsleep: () => {
      areChangesWanted = false
      ring.clear()
    }
  })
  let isClosed = false

  function publish(event: FeedEvent): void {
    const json = JSON.stringify(event.data)
    const message = UNKEPT.has(event.name)
      ? { id: null, event, json }
      : ring.add((seq) => ({ id: eventId(epoch, seq), event, json }))
    for (const [listener, filter] of listeners) {
      if (filter !== null && isWanted(event, filter)) listener.tell(message)
    }
  }

  const greet = (listener: FeedListener, request: FeedRequest, watch: Watch): void => {
    const { lastEventId } = request
    const seq = lastEventId === null ? null : seqOf(lastEventId, epoch)
    const missed = seq === null ? null : ring.after(seq)
    const say = (event: FeedEvent, id: string | null = null): void => {
      if (isWanted(event, request)) {
        listener.tell({ id, event, json: JSON.stringify(event.data) })
      }
    }
    const resume = missed !== null
    const hello = { server_time: formatInstant(clock.now()), version, resume }
    // The id of a resumed stream rises only with what is told again.
    say({ name: 'hello', data: hello }, resume ? lastEventId : eventId(epoch, ring.last()))
    if (lastEventId !== null && !resume) say({ name: 'resync', data: { reason: 'gap' } })
    for (const message of missed ?? []) {
      if (isWanted(message.event, request)) listener.tell(message)
    }
    say({ name: 'stats', data: watch.stats() })
    say({ name: 'scheduling', data: watch.scheduling() })
  }

  return {
    listeners: () => listeners.size,
    subscribe: async (listener, request) => {
      if (isClosed || listeners.size >= MAX_LISTENERS) throw tooMany(isClosed)
      listeners.set(listener, null)
      const leave = (): void => {
        if (listeners.delete(listener) && listeners.size === 0) awake.rest()
      }
      try {
        const watch = await awake.watch()
        if (isClosed) throw tooMany(isClosed)
        if (request.topics.has('changes')) areChangesWanted = true
        greet(listener, request, watch)
        listeners.set(listener, request)
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
    close: async () => {
      isClosed = true
      for (const listener of listeners.keys()) listener.end()
      listeners.clear()
      await awake.sleep()
    }
  }
}

function tooMany(isClosed: boolean): CarillonError {
  const message = isClosed
    ? 'The server is stopping; connect again in a moment.'
    : `There are ${MAX_LISTENERS} listeners already; close one, or connect again later.`
  return new CarillonError('too_many_listeners', message)
}
