import type { Job } from '../../../client.ts'
import { signal } from '../signal/signal.ts'

/** What jobs were told to become, by the very objects they were read as: the next reading knows. */
const assumed = new WeakMap<Job, Job['state']>()
const changes = signal(0)

/** The state of a job, or the one that it is about to have. */
export function stateOf(job: Job): Job['state'] {
  return (changes.value >= 0 && assumed.get(job)) || job.state
}

/** Shows a state before the service has answered. */
export function assume(job: Job, state: Job['state']): void {
  assumed.set(job, state)
  changes.value++
}
