/** What the bench asks of another scheduler whose schedules recur. */
export interface RecurringPeer {
  /** Starts so many schedules of its shortest period; `onRun` is told for what instant each run is. */
  start(schedules: number, onRun: (dueAt: number) => void): Promise<void>
  /** Takes away what would go on after its process. */
  stop?(): Promise<void>
}

/** The latest full second or minute: whose runs do not say for what instant they are is less late than that. */
export function latest(periodMs: number): number {
  return Math.floor(Date.now() / periodMs) * periodMs
}
