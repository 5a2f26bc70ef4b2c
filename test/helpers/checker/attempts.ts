import type { Attempt, Run } from '../../../src/domain/run.ts'

/** What allows another attempt. */
const NOT_FINAL: readonly Attempt['outcome'][] = ['crashed', 'interrupted', 'failed']

/** How an attempt may have ended that was the last one of a run in this state. */
const LAST_OUTCOMES: Readonly<Partial<Record<Run['state'], readonly Attempt['outcome'][]>>> = {
  succeeded: ['succeeded'],
  failed: ['failed', 'crashed'],
  // A run may be cancelled while it waits for its next attempt.
  cancelled: ['cancelled', ...NOT_FINAL]
}

/** What is wrong with a run by its own record: its end, its attempts and their order. */
export function attemptFaults(run: Run, isExcused: (attempt: Attempt) => boolean): string[] {
  const { id, state, attempts } = run
  const last = attempts.at(-1)
  const faults: string[] = []
  if (state === 'pending' || state === 'running')
    faults.push(`Run ${id} is still ${state}, with ${run.replica}: attempt ${run.attempt}.`)
  if (run.lateness_ms !== null && run.lateness_ms < 0) {
    faults.push(`Run ${id} started ${-run.lateness_ms} ms early.`)
  }
  if (last === undefined) {
    if (run.attempt > 0) faults.push(`Run ${id} shows none of its ${run.attempt} attempts.`)
    if (state === 'succeeded') faults.push(`Run ${id} succeeded without an attempt.`)
    return faults
  }
  if (last.attempt !== run.fencing_token) {
    faults.push(`Run ${id} has token ${run.fencing_token}, its last attempt ${last.attempt}.`)
  }
  if (!(LAST_OUTCOMES[state] ?? [null]).includes(last.outcome)) {
    faults.push(`Run ${id} is ${state}, but its last attempt ended as ${last.outcome}.`)
  }
  for (const [index, attempt] of attempts.entries()) {
    const next = attempts[index + 1]
    if (next !== undefined) faults.push(...orderFaults(id, attempt, next))
    if (attempt.outcome === 'crashed' && !isExcused(attempt)) {
      const name = `Attempt ${attempt.attempt} of run ${id}`
      faults.push(`${name} counts as crashed, but nothing happened to ${attempt.replica}.`)
    }
  }
  return faults
}

function orderFaults(id: number, attempt: Attempt, next: Attempt): string[] {
  const faults: string[] = []
  if (next.attempt <= attempt.attempt) {
    faults.push(`Run ${id}: attempt ${next.attempt} comes after attempt ${attempt.attempt}.`)
  }
  if (!NOT_FINAL.includes(attempt.outcome)) {
    faults.push(`Run ${id} started again after an attempt that ${attempt.outcome}.`)
  }
  if (Date.parse(next.started_at) < Date.parse(attempt.finished_at ?? '')) {
    faults.push(`Run ${id} started again before attempt ${attempt.attempt} had ended.`)
  }
  return faults
}
