import type { Job } from '../domain/job.ts'

/** When a job runs, as it was written; its zone where that is not UTC. */
export function formatSchedule(job: Job): string {
  const { schedule, timezone, repeat_interval: every, start_date: at } = job
  if (schedule !== null) return timezone === 'UTC' ? schedule : `${schedule} ${timezone}`
  return every === null ? `once at ${at}` : `every ${every}`
}
