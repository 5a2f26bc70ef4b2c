import { performance } from 'node:perf_hooks'
import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { findServerTime } from '../store/server-time.ts'

/** How often the server is asked for its time. */
const SAMPLE_EVERY_MS = 1_000

/** The clock of a database server, by which its replicas agree on what is due. */
export interface ServerClock extends Clock {
  /** How far the clock of this machine is ahead of the server's, in milliseconds. */
  skewMs(): number
  stop(): void
}

/** The clock of this machine, and one that nobody can set. */
export interface LocalTime {
  clock: Clock
  /** Milliseconds since any instant. */
  monotonic?: () => number
}

/**
 * Follows the clock of a database server. Between two samples the time goes on by a clock that cannot
 * be set, so that setting the clock of this machine changes nothing. It is never ahead of the
 * server's, and behind by no more than the way of the quickest answer.
 * @throws when the server does not answer the first time; later it goes on by itself
 */
export async function createServerClock(
  db: Db,
  { clock: local, monotonic = () => performance.now() }: LocalTime
): Promise<ServerClock> {
  let offset = -Infinity
  let skewMs = 0
  let cancelTimer = (): void => undefined
  let isStopped = false

  const sample = async (): Promise<void> => {
    const asked = monotonic()
    const serverNow = await findServerTime(db)
    const answered = monotonic()
    // The server looked at its clock between the two, and cut off less than a millisecond.
    const least = serverNow - answered
    const most = serverNow + 1 - asked
    if (offset < least || offset > most) offset = least
    skewMs = local.now() - Math.floor(offset + answered)
  }
  const schedule = (): void => {
    if (isStopped) return
    cancelTimer = local.setTimer(() => {
      // A server that does not answer is told of by everything else.
      sample().then(schedule, schedule)
    }, SAMPLE_EVERY_MS)
  }
  await sample()
  schedule()

  return {
    now: () => Math.floor(offset + monotonic()),
    setTimer: local.setTimer,
    skewMs: () => skewMs,
    stop: () => {
      isStopped = true
      cancelTimer()
    }
  }
}
