import type { Run } from '../../src/domain/run.ts'

/**
 * What is wrong with the records of an interval job, of which there is to be exactly one for each
 * occurrence from the first to the last; empty when nothing is.
 */
export function ledgerFaults(
  runs: readonly Run[],
  { first, last, everyMs }: { first: number; last: number; everyMs: number }
): string[] {
  const faults: string[] = []
  let expected = first
  for (const run of runs.toSorted(
    (a, b) => Date.parse(a.scheduled_for) - Date.parse(b.scheduled_for)
  )) {
    const from = Date.parse(run.scheduled_for)
    const to = run.to === null ? from : Date.parse(run.to)
    if (from < expected) faults.push(`${run.scheduled_for} has a second record`)
    if (from > expected) faults.push(`nothing from ${new Date(expected).toISOString()} on`)
    if (run.count !== (to - from) / everyMs + 1) faults.push(`${run.scheduled_for}: a wrong count`)
    if (run.started_at !== null && Date.parse(run.started_at) < from) {
      faults.push(`${run.scheduled_for} was started early`)
    }
    expected = to + everyMs
  }
  if (expected !== last + everyMs)
    faults.push(`nothing from ${new Date(expected).toISOString()} on`)
  return faults
}
