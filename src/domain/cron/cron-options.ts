/** What a cron expression does not say itself. */
export interface CronOptions {
  /** An IANA zone. A `TZ=` prefix of the expression may replace "UTC", but nothing else. */
  readonly timezone: string
  /** What `H` hashes, such as the job's id; without it an expression with `H` is refused. */
  readonly seed?: string
  /**
   * What happens to a fixed time that the clock skips or shows twice; Vixie cron's rule unless
   * given: once at the end of the gap, and only the first time.
   */
  readonly dst?: { readonly gap: 'shift' | 'skip'; readonly overlap: 'first' | 'both' }
  /** Where the grid of `@every` begins, in epoch milliseconds; at the epoch unless given. */
  readonly anchor?: number
}
