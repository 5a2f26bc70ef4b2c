import type { Test } from 'tap'
import { DEFAULT_FEED_TOPICS, type FeedEvent, type FeedTopic } from '../../src/domain/feed-event.ts'
import { createFeed, type Feed, type FeedRequest } from '../../src/feed/feed.ts'
import type { FeedMessage } from '../../src/feed/ring.ts'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import { createTestScheduler, type TestScheduler } from './scheduler.ts'

/** Somebody who listens, and what was told. */
export interface TestListener {
  messages: FeedMessage[]
  /** In a few words each: "job 1 created", "run 3 succeeded". */
  told(): string[]
  /** The last id that was given. */
  lastId(): string
  hasEnded(): boolean
  leave(): void
}

export interface TestFeed extends TestScheduler {
  feed: Feed
  listen(
    request?: Partial<Omit<FeedRequest, 'topics'>> & { topics?: FeedTopic[] }
  ): Promise<TestListener>
}

/** A feed of a scheduler that is started, on a manual clock; closed when the test ends. */
export async function createTestFeed(
  t: Test,
  options: Partial<SchedulerOptions> & { start?: boolean } = {}
): Promise<TestFeed> {
  const parts = await createTestScheduler(t, options)
  const feed = createFeed({
    db: parts.database,
    clock: parts.clock,
    events: parts.scheduler.events,
    lastPassAt: () => parts.scheduler.status().lastPassAt,
    leaseMs: 30_000,
    slots: () => ({ slots: 100, slots_used: parts.scheduler.status().runsInFlight })
  })
  t.teardown(() => feed.close())
  const listen: TestFeed['listen'] = async ({ topics = DEFAULT_FEED_TOPICS, ...request } = {}) => {
    const messages: FeedMessage[] = []
    let hasEnded = false
    const listener = {
      tell: (message: FeedMessage) => void messages.push(message),
      end: () => {
        hasEnded = true
      }
    }
    const wanted = { jobId: null, runId: null, lastEventId: null, ...request }
    const leave = await feed.subscribe(listener, { ...wanted, topics: new Set(topics) })
    return {
      messages,
      leave,
      hasEnded: () => hasEnded,
      lastId: () => messages.findLast(({ id }) => id !== null)?.id ?? '',
      told: () => messages.map(({ event }) => inWords(event))
    }
  }
  return { ...parts, feed, listen }
}

function inWords(event: FeedEvent): string {
  switch (event.name) {
    case 'hello':
      return `hello ${event.data.resume ? 'again' : 'new'}`
    case 'resync':
      return `resync ${event.data.reason}`
    case 'job':
      return `job ${event.data.id} ${event.data.change}`
    case 'run':
      return `run ${event.data.id} ${event.data.state}`
    case 'stats':
      return `stats ${event.data.running}/${event.data.slots}`
    case 'replica':
      return `replica ${event.data.id} ${event.data.change}`
    case 'scheduling':
      return `scheduling ${event.data.state}${event.data.idle_since === null ? '' : ' idle'}`
    case 'change':
      return `change of ${event.data.job_id}: ${event.data.action}`
    case 'run_output':
      return `output ${event.data.run_id} ${event.data.text}`
  }
}
