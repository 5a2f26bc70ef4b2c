import type { Run } from '../../../src/domain/run.ts'
import type { SinkRequest } from '../sink.ts'

/** A request, with the run and the claim that it was sent under. */
export interface Sent {
  run: Run
  token: number
  arrivedAt: number
}

/** The requests of known runs in order of arrival; `faults` names those that belong to none. */
export function matchRequests(
  runs: readonly Run[],
  requests: readonly SinkRequest[]
): { sent: Sent[]; faults: string[] } {
  const byId = new Map(runs.map((run) => [String(run.id), run]))
  const sent: Sent[] = []
  const faults: string[] = []
  for (const { headers, arrivedAt } of requests) {
    const id = String(headers['carillon-run-id'])
    const run = byId.get(id)
    if (run === undefined) faults.push(`A request came for run ${id}, which has no record.`)
    else sent.push({ run, token: Number(headers['carillon-fencing-token']), arrivedAt })
    const scheduledFor = String(headers['carillon-scheduled-for'])
    if (run !== undefined && Date.parse(scheduledFor) !== Date.parse(run.scheduled_for)) {
      faults.push(`A request of run ${id} names ${scheduledFor} instead of ${run.scheduled_for}.`)
    }
  }
  return { sent, faults }
}

/** What is wrong with the requests of one run, in order of arrival. */
export function requestFaults(run: Run, sent: readonly Sent[]): string[] {
  const faults: string[] = []
  let highest = 0
  for (const { token, arrivedAt } of sent) {
    if (arrivedAt < Date.parse(run.scheduled_for)) faults.push(`Run ${run.id} was sent early.`)
    if (!run.attempts.some((attempt) => attempt.attempt === token)) {
      faults.push(`Run ${run.id} was sent with token ${token}, which its attempts do not show.`)
    }
    if (token === highest) faults.push(`Run ${run.id} was sent twice with token ${token}.`)
    if (token < highest) {
      faults.push(`Run ${run.id} was sent with token ${token} after token ${highest}.`)
    }
    highest = Math.max(highest, token)
  }
  if (run.state === 'succeeded' && highest !== run.fencing_token) {
    faults.push(`Run ${run.id} succeeded with token ${run.fencing_token}, but none was sent.`)
  }
  return faults
}

/**
 * Requests that came while an earlier one still held what both need: of one run always, of one job
 * unless its runs may overlap. An attempt holds it until its end in the ledger, whatever it ended as.
 */
export function overlapFaults(sent: readonly Sent[], what: string): string[] {
  const faults: string[] = []
  for (const [index, { run, token }] of sent.entries()) {
    const next = sent[index + 1]
    const end = run.attempts.find((attempt) => attempt.attempt === token)?.finished_at
    if (next === undefined || end === undefined || end === null) continue
    if (next.arrivedAt < Date.parse(end)) {
      const later = `run ${next.run.id} with token ${next.token}`
      faults.push(`${what}: ${later} came before run ${run.id} with token ${token} had ended.`)
    }
  }
  return faults
}
