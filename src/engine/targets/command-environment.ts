import { formatInstant } from '../../domain/instant.ts'
import type { CommandTarget } from '../../domain/target.ts'
import type { AttemptContext } from '../attempt.ts'
import { traceparentOf } from './traceparent.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What a program needs to find others and to write as people read; nothing that may be secret. */
const INHERITED = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'USER']

/** The environment of a program: little of the service's own, the run, and what the job says. */
export function commandEnvironment(
  base: Environment,
  { env = {} }: CommandTarget,
  attempt: AttemptContext
): Record<string, string> {
  const { job, run } = attempt
  const inherited = INHERITED.flatMap((name) => {
    const value = base[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(inherited),
    ...env,
    CARILLON_JOB_ID: String(job.id),
    CARILLON_JOB_NAME: job.definition.name,
    CARILLON_RUN_ID: String(run.id),
    CARILLON_SCHEDULED_FOR: formatInstant(run.scheduledFor),
    CARILLON_ATTEMPT: String(run.attempt),
    CARILLON_FENCING_TOKEN: String(run.fencingToken),
    CARILLON_IDEMPOTENCY_KEY: String(run.id),
    TRACEPARENT: traceparentOf(attempt)
  }
}
