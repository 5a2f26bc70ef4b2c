import type { Perform } from '../attempt.ts'

const succeeded = Promise.resolve({ kind: 'succeeded', result: null } as const)

/** Writes one line with the name and params of the job. */
export const performLog: Perform = ({ job, run, params, log }) => {
  const { name } = job.definition
  log.info({ job_id: job.id, run_id: run.id, job: name, params }, `Job "${name}" ran.`)
  return succeeded
}
