/** A question to Prometheus that has an answer when something is wrong. */
export interface AlertQuery {
  /** When it has one. */
  title: string
  promql: string
}

const LATE_SECONDS = 60

/**
 * What to be told of a job: by the metrics of docs/alerts.md. `periodMs` is the longest time between
 * two of its occurrences, null where there is none; it may do without a success for so many of them.
 */
export function alertQueries(id: number, periodMs: number | null, periods: number): AlertQuery[] {
  const of = (metric: string): string => `scheduler_job_${metric}{job_id="${id}"}`
  const seconds = Math.ceil((periods * (periodMs ?? 0)) / 1_000)
  const tooOld = {
    title: `It has not succeeded for ${periods === 1 ? 'a period' : `${periods} periods`}`,
    promql: `time() - max(${of('last_success_timestamp_seconds')}) > ${seconds}`
  }
  return [
    { title: 'It fails', promql: `max(${of('consecutive_failures')}) > 0` },
    ...(periodMs === null ? [] : [tooOld]),
    {
      title: 'It is more than a minute late',
      promql: `time() - min(${of('next_run_timestamp_seconds')}) > ${LATE_SECONDS}`
    }
  ]
}

/** The longest time between two instants that follow each other; null of fewer than two. */
export function longestGapMs(instants: readonly number[]): number | null {
  const gaps = instants.slice(1).map((at, index) => at - (instants[index] ?? at))
  return gaps.length === 0 ? null : Math.max(...gaps)
}
