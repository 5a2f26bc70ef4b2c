import type { FeedEvent, StatsEvent } from '../domain/feed-event.ts'
import type { SchedulingEvent } from '../domain/scheduling.ts'
import { createLoop } from '../engine/loop.ts'
import type { EventHub } from '../engine/events.ts'
import { createGathering, type Gathering } from './gathering.ts'
import { gatherHubNews } from './hub-news.ts'
import { createJobNews } from './job-news.ts'
import { followReplicas } from './replica-news.ts'
import { createRunMarks } from './run-marks.ts'
import { followScheduling, type SchedulingNewsParts } from './scheduling-news.ts'
import { readStats, type Slots } from './stats.ts'
import { followStore } from './store-news.ts'

/** What happens within this time is told together: at most ten events a second for a job. */
const GATHER_MS = 100
/** How often the store is looked at for what others did. */
const LOOK_MS = 1_000

export interface WatchParts extends SchedulingNewsParts {
  events: EventHub
  slots(): Slots
  hasOutputListener(runId: number): boolean
  areChangesWanted(): boolean
  publish(event: FeedEvent): void
}

/** What follows the scheduler and the store while there is somebody to tell. */
export interface Watch {
  /** The numbers as they were told last. */
  stats(): StatsEvent
  scheduling(): SchedulingEvent
  stop(): Promise<void>
}

/** Resolves when everything that happens from now on is told. */
export async function startWatch(parts: WatchParts): Promise<Watch> {
  const { clock, events } = parts
  const gathering = createGathering()
  const marks = createRunMarks()
  let cancelTimer: (() => void) | null = null

  const onNews = (): void => {
    cancelTimer ??= clock.setTimer(() => {
      cancelTimer = null
      loop.wake()
    }, GATHER_MS)
  }
  const look = createWish(onNews)
  const fullLook = createWish(onNews)
  const wanted = { onLookWanted: look.want, onFullLookWanted: fullLook.want }
  const stopGathering = gatherHubNews({ ...parts, gathering, marks, onNews, ...wanted })
  const taking = { takeLookWanted: look.take, takeFullLookWanted: fullLook.take }
  const round = await createRound({ ...parts, gathering, marks, ...taking }).catch(
    (error: unknown) => {
      stopGathering()
      cancelTimer?.()
      throw error
    }
  )
  const loop = createLoop({ name: 'feed', clock, events, maxSleepMs: LOOK_MS, pass: round.pass })
  loop.start()
  return {
    stats: round.stats,
    scheduling: round.scheduling,
    stop: async () => {
      stopGathering()
      cancelTimer?.()
      await loop.stop()
    }
  }
}

/** Something that is wanted until it is taken, however often; `onWanted` is called each time. */
function createWish(onWanted: () => void) {
  let isWanted = false
  return {
    want: (): void => {
      isWanted = true
      onWanted()
    },
    take: (): boolean => {
      const wasWanted = isWanted
      isWanted = false
      return wasWanted
    }
  }
}

interface RoundParts extends WatchParts {
  gathering: Gathering
  marks: ReturnType<typeof createRunMarks>
  takeLookWanted(): boolean
  takeFullLookWanted(): boolean
}

/** One round: looks at the store if it is time, and tells what has gathered. */
async function createRound(parts: RoundParts) {
  const { clock, gathering, publish } = parts
  const store = await followStore(parts)
  const replicas = await followReplicas(parts.db)
  const jobEvents = createJobNews(parts.db)
  const scheduling = await followScheduling(parts)
  let stats = await readStats(parts, store.running())
  let nextRoundAt = clock.now()
  let nextLookAt = clock.now() + LOOK_MS

  const lookAtAll = async (): Promise<void> => {
    await store.look()
    for (const data of await replicas.look()) publish({ name: 'replica', data })
    const changed = await scheduling.look()
    if (changed !== null) publish({ name: 'scheduling', data: changed })
    const before = JSON.stringify(stats)
    stats = await readStats(parts, store.running())
    if (JSON.stringify(stats) !== before) publish({ name: 'stats', data: stats })
    if (gathering.drain()) publish({ name: 'resync', data: { reason: 'flood' } })
    nextLookAt = clock.now() + LOOK_MS
  }

  const tell = async (): Promise<void> => {
    const { jobs, runs, changes, outputs } = gathering.take()
    for (const data of outputs) publish({ name: 'run_output', data })
    try {
      // Before its runs: a listener may not know the job yet.
      for (const event of await jobEvents(jobs)) publish(event)
    } catch (error) {
      for (const [id, change] of jobs) gathering.addJob(id, change)
      throw error
    } finally {
      for (const data of changes) publish({ name: 'change', data })
      for (const data of runs) publish({ name: 'run', data })
    }
  }

  return {
    stats: () => stats,
    scheduling: scheduling.now,
    pass: async (): Promise<number> => {
      const now = clock.now()
      if (now < nextRoundAt) return nextRoundAt
      nextRoundAt = now + GATHER_MS
      const isWanted = parts.takeLookWanted()
      const isAllWanted = parts.takeFullLookWanted()
      if (isAllWanted || now >= nextLookAt) await lookAtAll()
      else if (isWanted) await store.look()
      await tell()
      return gathering.isEmpty() ? nextLookAt : nextRoundAt
    }
  }
}
