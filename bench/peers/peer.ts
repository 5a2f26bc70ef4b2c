/** What the bench asks of another scheduler whose jobs are due at once. */
export interface PeerQueue {
  /** Makes so many jobs due at an instant, in epoch milliseconds. */
  make(count: number, at: number): Promise<void>
  /** How many of all that were made are recorded as done. */
  countDone(): Promise<number>
  close(): Promise<void>
}

/** The name of the kind of job that is measured, and of the queue where there are queues. */
export const QUEUE = 'measured'

/** How many jobs are handed over at once. */
export const INSERT_BATCH = 5_000

/** Calls `insert` with the size of each batch in turn. */
export async function inBatches(
  count: number,
  insert: (length: number) => Promise<unknown>
): Promise<void> {
  for (let made = 0; made < count; made += INSERT_BATCH) {
    await insert(Math.min(INSERT_BATCH, count - made))
  }
}
