import type { Run } from '../../src/domain/run.ts'
import type { Scheduler } from '../../src/scheduler.ts'

/** The runs of a job, the oldest occurrence first. */
export async function runsOf(scheduler: Scheduler, jobId: number): Promise<Run[]> {
  const runs = await scheduler.listRuns({ filter: { jobId }, limit: 10_000 })
  return runs.toReversed()
}

/** The same, each as its state and, if it has one, its reason: "skipped overlap". */
export async function statesOf(scheduler: Scheduler, jobId: number): Promise<string[]> {
  const runs = await runsOf(scheduler, jobId)
  return runs.map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`))
}
