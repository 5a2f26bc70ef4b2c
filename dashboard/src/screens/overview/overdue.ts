import type { Job } from '../../../../client.ts'

/** What is due is taken up within seconds; later than this, something holds it up. */
const OVERDUE_MS = 60_000

/** Of enabled jobs, those whose run should have begun by now (epoch milliseconds). */
export function overdueOf(jobs: readonly Job[], now: number): readonly Job[] {
  return jobs.filter((job) => dueAt(job) < now - OVERDUE_MS)
}

/** When a job is due next, in epoch milliseconds; Infinity for one that is not. */
export function dueAt({ next_run_at: at }: Job): number {
  return at === null ? Infinity : Date.parse(at)
}
