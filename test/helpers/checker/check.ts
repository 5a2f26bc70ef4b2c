import type { Run } from '../../../src/domain/run.ts'
import { attemptFaults } from './attempts.ts'
import type { Evidence, WatchedJob } from './evidence.ts'
import { recordFaults } from './records.ts'
import { matchRequests, overlapFaults, requestFaults, type Sent } from './requests.ts'

/**
 * What a storm has broken, in sentences; none when every promise was kept. The method is that of
 * Jepsen's test of Chronos (https://aphyr.com/posts/326): the instants that the definitions require
 * are matched with the ledger, and the ledger with what really arrived at the target.
 */
export function findFaults(evidence: Evidence): string[] {
  const { jobs, runs, requests, isExcused = () => true } = evidence
  const byJob = Map.groupBy(runs, (run) => run.job_id)
  const faults = [
    ...jobs.flatMap((watched) => recordFaults(watched, byJob.get(watched.job.id) ?? [])),
    ...runs.flatMap((run) => attemptFaults(run, isExcused))
  ]
  if (requests === null) return faults
  const { sent, faults: unmatched } = matchRequests(runs, requests)
  const byRun = Map.groupBy(sent, ({ run }) => run)
  return [
    ...faults,
    ...unmatched,
    ...runs.flatMap((run) => requestFaults(run, byRun.get(run) ?? [])),
    ...jobs.flatMap((watched) => doubleStarts(watched, sent, byRun))
  ]
}

function doubleStarts(
  { job }: WatchedJob,
  sent: readonly Sent[],
  byRun: ReadonlyMap<Run, readonly Sent[]>
): string[] {
  const own = sent.filter(({ run }) => run.job_id === job.id)
  if (job.overlap !== 'allow') return overlapFaults(own, `Job ${job.id}`)
  const runs = new Set(own.map(({ run }) => run))
  return [...runs].flatMap((run) => overlapFaults(byRun.get(run) ?? [], `Run ${run.id}`))
}
