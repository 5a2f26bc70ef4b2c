import type { Job } from '../../../src/domain/job.ts'

const UNITS_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/**
 * Milliseconds of a simple interval such as "1s" or "5m". Deliberately not the product's own parser:
 * an oracle that shares code with what it judges shares its mistakes.
 */
export function stepOf({ repeat_interval: interval }: Job): number {
  const [, count, unit = ''] = /^(\d+)([smh])$/.exec(interval ?? '') ?? []
  const unitMs = UNITS_MS[unit]
  if (unitMs === undefined) throw new Error(`The checker knows no interval "${interval ?? ''}".`)
  return Number(count) * unitMs
}

/**
 * The instants that an interval job or a one-shot owes up to `until`, in order, from its definition
 * alone: the points of `start_date + n × repeat_interval` after its creation, up to its `end_date`.
 */
export function requiredInstants(job: Job, until: number): number[] {
  const created = Date.parse(job.created_at)
  const start = job.start_date === null ? created : Date.parse(job.start_date)
  const end = Math.min(until, job.end_date === null ? Infinity : Date.parse(job.end_date))
  if (end <= created) return []
  if (job.repeat_interval === null && job.schedule === null) return start <= end ? [start] : []
  if (end === Infinity) throw new Error(`Job ${job.id} has no end; say until when it is watched.`)
  const step = stepOf(job)
  const first = start > created ? 0 : Math.floor((created - start) / step) + 1
  const count = Math.max(0, Math.floor((end - start) / step) - first + 1)
  return Array.from({ length: count }, (_, index) => start + (first + index) * step)
}
