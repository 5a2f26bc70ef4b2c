import type { Run } from '../../../src/domain/run.ts'
import { requiredInstants, stepOf } from './instants.ts'
import type { WatchedJob } from './evidence.ts'

const at = (instant: number): string => new Date(instant).toISOString()

/** Whether a run stands for an occurrence of the schedule, and was not asked for by somebody. */
function isPlanned(run: Run): boolean {
  return run.cause === 'schedule' || run.cause === 'catch_up'
}

/** The instants that a record stands for: one, or those of a range of missed ones. */
function instantsOf(run: Run, watched: WatchedJob): number[] {
  const from = Date.parse(run.from ?? run.scheduled_for)
  if (run.count === 1) return [from]
  const step = stepOf(watched.job)
  return Array.from({ length: run.count }, (_, index) => from + index * step)
}

/**
 * What is wrong with the records of one job: every instant it owed has exactly one, and there is
 * none for any other instant.
 */
export function recordFaults(watched: WatchedJob, runs: readonly Run[]): string[] {
  const { job, owedUntil = Infinity, possibleUntil = owedUntil } = watched
  const faults: string[] = []
  const recorded = new Map<number, Run>()
  for (const run of runs.filter(isPlanned)) {
    const instants = instantsOf(run, watched)
    const last = instants.at(-1) ?? 0
    if (run.to !== null && Date.parse(run.to) !== last) {
      faults.push(`Run ${run.id} counts ${run.count} up to ${at(last)}, but says ${run.to}.`)
    }
    for (const instant of instants) {
      const other = recorded.get(instant)
      if (other === undefined) recorded.set(instant, run)
      else
        faults.push(`Job ${job.id} has two records of ${at(instant)}: ${other.id} and ${run.id}.`)
    }
  }
  for (const instant of requiredInstants(job, owedUntil)) {
    if (!recorded.has(instant)) faults.push(`Job ${job.id} has no record of ${at(instant)}.`)
  }
  const possible = new Set(requiredInstants(job, possibleUntil))
  for (const [instant, run] of recorded) {
    if (!possible.has(instant)) {
      faults.push(`Run ${run.id} stands for ${at(instant)}, which job ${job.id} does not owe.`)
    }
  }
  return faults
}
