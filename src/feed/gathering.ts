import type { Change } from '../domain/change.ts'
import {
  JOB_FEED_CHANGES,
  MAX_OUTPUT_CHARACTERS,
  type FeedRun,
  type JobFeedChange,
  type RunOutputEvent
} from '../domain/feed-event.ts'

/** The most jobs, the most runs, and the most changes that may wait to be told of. */
const MAX_WAITING = 1_000

/** A job to be told of. */
export type JobHint = readonly [id: number, change: JobFeedChange]

/**
 * What happened since events were sent last, the latest of each job and run. What is taken once in
 * a tenth of a second makes at most ten events a second for a job, and as many of its runs.
 */
export interface Gathering {
  addJob(id: number, change: JobFeedChange): void
  addRun(run: FeedRun): void
  addChange(change: Change): void
  addOutput(output: RunOutputEvent): void
  /** The jobs, all changes, and one run of each job: others of the same job wait for their turn. */
  take(): { jobs: JobHint[]; runs: FeedRun[]; changes: Change[]; outputs: RunOutputEvent[] }
  isEmpty(): boolean
  /** There is more than can be told: everything is let go until {@link drain}. */
  flood(): void
  /** Gathers again. @returns whether anything was let go */
  drain(): boolean
}

export function createGathering(): Gathering {
  const jobs = new Map<number, JobFeedChange>()
  const runsByJob = new Map<number, Map<number, FeedRun>>()
  let runCount = 0
  let changes: Change[] = []
  let outputs: RunOutputEvent[] = []
  let isFlooded = false

  const flood = (): void => {
    isFlooded = true
    jobs.clear()
    runsByJob.clear()
    runCount = 0
    changes = []
  }

  return {
    flood,
    drain: () => {
      const wasFlooded = isFlooded
      isFlooded = false
      return wasFlooded
    },
    addJob: (id, change) => {
      if (isFlooded) return
      jobs.set(id, stronger(jobs.get(id) ?? change, change))
      if (jobs.size > MAX_WAITING) flood()
    },
    addRun: (run) => {
      if (isFlooded) return
      const runs = runsByJob.get(run.job_id) ?? new Map<number, FeedRun>()
      runsByJob.set(run.job_id, runs)
      if (!runs.has(run.id)) runCount++
      runs.set(run.id, run)
      if (runCount > MAX_WAITING) flood()
    },
    addChange: (change) => {
      if (isFlooded) return
      changes.push(change)
      if (changes.length > MAX_WAITING) flood()
    },
    addOutput: (output) => {
      outputs = withOutput(outputs, output)
    },
    take: () => {
      const taken = { jobs: [...jobs], runs: firstRuns(runsByJob), changes, outputs }
      jobs.clear()
      runCount -= taken.runs.length
      changes = []
      outputs = []
      return taken
    },
    isEmpty: () =>
      [jobs.size, runCount, changes.length, outputs.length].every((count) => count === 0)
  }
}

function stronger(one: JobFeedChange, other: JobFeedChange): JobFeedChange {
  return JOB_FEED_CHANGES.indexOf(one) > JOB_FEED_CHANGES.indexOf(other) ? one : other
}

function firstRuns(runsByJob: Map<number, Map<number, FeedRun>>): FeedRun[] {
  const taken: FeedRun[] = []
  for (const [jobId, runs] of runsByJob) {
    const [first] = runs.values()
    if (first !== undefined) {
      taken.push(first)
      runs.delete(first.id)
    }
    if (runs.size === 0) runsByJob.delete(jobId)
  }
  return taken
}

/** Joined to what the same stream of the run wrote, of which only the end is kept. */
function withOutput(outputs: RunOutputEvent[], output: RunOutputEvent): RunOutputEvent[] {
  const isSame = (one: RunOutputEvent): boolean =>
    one.run_id === output.run_id && one.stream === output.stream
  const before = outputs.find(isSame)
  const text = (before?.text ?? '') + output.text
  const isLong = text.length > MAX_OUTPUT_CHARACTERS
  const joined = {
    ...output,
    text: text.slice(-MAX_OUTPUT_CHARACTERS),
    truncated: isLong || output.truncated || before?.truncated === true
  }
  return [...outputs.filter((one) => !isSame(one)), joined]
}
