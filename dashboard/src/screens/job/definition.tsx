import type { Job } from '../../../../client.ts'
import { Code } from '../../parts/code.tsx'

/** A job as JSON, to look at and to copy. */
export function Definition({ job }: { job: Job }) {
  return <Code label="Definition" text={JSON.stringify(job, null, 2)} />
}
