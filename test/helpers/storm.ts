import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { findFaults } from './checker/check.ts'
import type { Evidence } from './checker/evidence.ts'
import { LEASE_MS, startFleet, type Fleet, type FleetOptions } from './fleet.ts'
import type { Random } from './random.ts'
import { readAll, readLedger } from './read-ledger.ts'
import { createSink, type Sink } from './sink.ts'
import { until } from './until.ts'

/** How long most storms blow; longer finds more, and `STORM_SECONDS=40` is meant for the night. */
const STORM_SECONDS = Number(process.env['STORM_SECONDS'] ?? 6)

const SECOND = 1_000
const OVERLAPS = ['skip', 'allow', 'queue_one', 'replace', 'queue_all'] as const
const RECHECK_MS = 200
const at = (instant: number): string => new Date(instant).toISOString()
/** How long creating the jobs may take; doubled until that is enough on a busy machine. */
const CREATION_MS = 3_000

export interface StormOptions {
  /** Each is due every second. */
  jobs: number
  /** Whether some of them cancel the run under way for a newer one; true by default. */
  replaces?: boolean
  /** How long it blows at least. */
  seconds?: number
}

interface StormParts extends StormOptions {
  fleet: Fleet
  sink: Sink
  random: Random
}

/** Several processes of the service, and what they call: what storms blow over, one after the other. */
export interface StormGround {
  fleet: Fleet
  sink: Sink
  startStorm(random: Random, options: StormOptions): Promise<Storm>
}

/** A load that goes on for a while, whatever happens to the processes that carry it. */
export interface Storm {
  blows(): boolean
  /** Waits for the end of the storm and of every run; tells what the checker finds then. */
  settle(believed?: Pick<Evidence, 'isExcused'>): Promise<{ faults: string[]; runs: Run[] }>
}

/** Starts the processes; everything ends with the test. */
export async function createStormGround(t: Test, options: FleetOptions): Promise<StormGround> {
  const sink = await createSink(t)
  const fleet = await startFleet(t, options)
  return {
    fleet,
    sink,
    startStorm: (random, load) => {
      answerSoon(sink, random)
      return startStorm({ fleet, sink, random, ...load })
    }
  }
}

/**
 * Creates the jobs: half of them due at whole seconds, all at once, the others at any time between.
 * Their end is fixed, so that it is known to the millisecond what they owe.
 */
async function startStorm(parts: StormParts): Promise<Storm> {
  const { fleet, sink } = parts
  const { jobs, end } = await createJobs(parts, CREATION_MS)
  return {
    blows: () => Date.now() < end,
    settle: async (believed = { isExcused: fleet.isExcused }) => {
      // What never ends is a fault among others, which the checker names.
      await untilCalm(fleet, 'storm').catch(() => undefined)
      const runs = await readLedger(fleet.read)
      const watched = jobs.map((job) => ({ job }))
      const evidence = { jobs: watched, runs, requests: sink.requests, ...believed }
      return { faults: await lastingFaults(evidence), runs }
    }
  }
}

/** One request creates them all; where that takes until they are due, they go, and later ones come. */
async function createJobs(
  parts: StormParts,
  creationMs: number
): Promise<{ jobs: Job[]; end: number }> {
  const { fleet, random } = parts
  const service = random.pick(fleet.live)
  const start = Math.ceil((Date.now() + creationMs) / SECOND) * SECOND
  const end = start + Math.max(STORM_SECONDS, parts.seconds ?? 0) * SECOND
  const name = `storm ${start}`
  const inputs = Array.from({ length: parts.jobs }, (_, index) => ({
    ...jobOf(parts, index),
    name,
    key: `${name} ${index}`,
    start_date: at(start + (index % 2 === 0 ? 0 : random.integer(0, 999))),
    end_date: at(end)
  }))
  const { status, body } = await service.request('POST /jobs/apply', { jobs: inputs })
  if (Date.now() >= start) {
    await service.request('POST /jobs/bulk', { filter: { q: name }, action: 'delete' })
    return createJobs(parts, creationMs * 2)
  }
  if (status !== 200) throw new Error(JSON.stringify(body))
  const list = `/jobs?q=${encodeURIComponent(name)}&limit=1000`
  return { jobs: await readAll<Job>(fleet.read, list), end }
}

function jobOf({ sink, replaces }: StormParts, index: number): Record<string, unknown> {
  const overlaps = OVERLAPS.filter((policy) => policy !== 'replace' || replaces !== false)
  return {
    repeat_interval: '1s',
    target: { type: 'http', url: `${sink.url}/${index}` },
    overlap: overlaps[index % overlaps.length],
    misfire: index % 4 < 2 ? 'latest' : 'all',
    retry: { max_attempts: 2, initial: '100ms' }
  }
}

/** A process that was cut off may say only after the calm that its lease had ended. */
async function lastingFaults(evidence: Evidence): Promise<string[]> {
  const patience = Date.now() + 2 * LEASE_MS
  for (;;) {
    const faults = findFaults(evidence)
    if (faults.length === 0 || Date.now() > patience) return faults
    await delay(RECHECK_MS)
  }
}

/** Waits until no job of this name has an occurrence to come, and no run an attempt. */
export async function untilCalm({ read }: Pick<Fleet, 'read'>, name: string): Promise<void> {
  const jobs = `/jobs?state=enabled&q=${encodeURIComponent(name)}`
  // In this order: a job that is not finished may get runs, a running one may wait once more.
  const lists = [jobs, '/runs?state=pending', '/runs?state=running', '/runs?state=pending']
  await until('the end of every job and every run', async () => {
    for (const list of lists) {
      const { body } = await read(`${list}&limit=1`)
      if (!Array.isArray(body) || body.length > 0) return false
    }
    return true
  })
}

/** Lets the sink answer after a while, as real targets do, so that there is always work under way. */
function answerSoon(sink: Sink, random: Random): void {
  sink.respondWith((response) => {
    setTimeout(() => response.end('ok'), random.integer(0, 300)).unref()
  })
}
