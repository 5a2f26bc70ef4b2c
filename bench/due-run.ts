import { setTimeout as sleep } from 'node:timers/promises'
import { dueAt, fillJobs } from './job-table.ts'
import { programOf } from './places.ts'
import { startGroup, type ProcessGroup } from './process-group.ts'

/** Between the end of the preparations and the instant that all is due at. */
const CALM_MS = 2_000
/** What putting a job into the table is given at least. */
const FILL_MS = 0.06
/** What it is given beside what it took before: others are at work on the machine. */
const FILL_MARGIN = 2
/** Jobs that come first: code that was never run before is not what is measured. */
const WARM_UP = 5_000

export interface DueRun {
  url: string
  /** So many jobs are due at one instant, once each. */
  jobs: number
  processes: number
  /** Runs a transaction at most. */
  slots: number
}

/** Many jobs due at once, by schedulers that share a database. @returns seconds until recorded */
export function runDue({ url, jobs, processes, slots }: DueRun): Promise<number> {
  const parameters = Array.from({ length: processes }, () => [url, String(slots)])
  return measure(url, jobs, () => startGroup(programOf('replica'), parameters))
}

/** The same rows by the drivers alone. @returns seconds until recorded */
export function writeDue({ url, jobs, processes, slots }: DueRun): Promise<number> {
  const parameters = Array.from({ length: processes }, (_, part) => [
    url,
    String(slots),
    `${part},${processes}`
  ])
  return measure(url, jobs, () => startGroup(programOf('raw-replica'), parameters))
}

async function measure(
  url: string,
  jobs: number,
  start: () => Promise<ProcessGroup>
): Promise<number> {
  // The first of all creates the tables.
  await fillJobs(url, 0, dueAt(0))
  const group = await start()
  try {
    const make = (count: number, at: number) => fillJobs(url, count, dueAt(at))
    return await measureDue({ group, jobs, make })
  } finally {
    await group.stop()
  }
}

export interface Due {
  group: ProcessGroup
  jobs: number
  /** Makes so many jobs due at an instant, in epoch milliseconds. */
  make(count: number, at: number): Promise<void>
}

/** How long making jobs is given, by what making one took before: some take a statement for each. */
export function fillMs(jobs: number, eachMs: number): number {
  return Math.ceil(jobs * Math.max(FILL_MS, eachMs * FILL_MARGIN))
}

/**
 * Lets processes that are ready warm up, makes jobs due at one instant in the near future, and waits
 * until all are recorded. @returns seconds from that instant to the last record
 * @throws when a handler was called more than once for a job
 */
export async function measureDue({ group, jobs, make }: Due): Promise<number> {
  const begin = performance.now()
  await make(WARM_UP, Date.now())
  const eachMs = (performance.now() - begin) / WARM_UP
  await group.untilRecorded(WARM_UP)
  const at = Date.now() + CALM_MS + fillMs(jobs, eachMs)
  await make(jobs, at)
  const calmMs = at - Date.now()
  if (calmMs < CALM_MS / 2) throw new Error(`${jobs} jobs were put into the table too slowly.`)
  await sleep(calmMs)
  const wanted = WARM_UP + jobs
  const report = await group.untilRecorded(wanted)
  if (report.calls !== wanted || report.recorded !== wanted) {
    throw new Error(`Wanted ${wanted} calls and records, found ${JSON.stringify(report)}.`)
  }
  return (report.lastAt - at) / 1_000
}
