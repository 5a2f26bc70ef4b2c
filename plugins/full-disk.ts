import { CarillonError } from '../src/domain/errors.ts'
import type { App } from './instance.ts'

/**
 * What failed for want of room is tried again within five seconds, the lease every ten among it: a
 * disk that is still full has said so meanwhile.
 */
const FULL_FOR_MS = 15_000

/** Listens to what the database fails. @returns what tells whether its disk is full */
export function watchForFullDisk({ scheduler, db, clock }: App): () => boolean {
  let fullAt: number | null = null
  const notice = ({ error }: { error: unknown }): void => {
    const isFull = error instanceof CarillonError && error.code === 'store_full'
    if (isFull || db.dialect.isFull(error)) fullAt = clock.now()
  }
  scheduler.on('pass_failed', notice)
  scheduler.on('operation_failed', notice)
  return () => {
    // Not for longer where the clock is set back meanwhile.
    const sinceMs = fullAt === null ? Infinity : Math.abs(clock.now() - fullAt)
    return sinceMs < FULL_FOR_MS
  }
}
