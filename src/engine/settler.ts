import type { Clock } from '../domain/clock.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import { summarizeJobs } from '../store/due-jobs.ts'
import { lockJobs } from '../store/jobs.ts'
import { promoteQueuedRuns } from '../store/occupancy.ts'
import { writeRunLogs } from '../store/run-logs.ts'
import { settleRuns, type SettledState } from '../store/settle-runs.ts'
import type { EventHub, SettledRun } from './events.ts'
import { summarize, type EndedRun } from './settlement.ts'

/** Results wait this long for company, so that a commit is paid once for many. */
const FLUSH_AFTER_MS = 3
/** And this long where a round is about to begin that takes them along, in the same transaction. */
const CROWDED_FLUSH_AFTER_MS = 20
/** So many are not taken along on a server: there, two transactions at once are done sooner than one. */
const APART_FROM = 200
/** At most this many results in one transaction, and, but for a single one, this much text. */
const MAX_BATCH = 1_000
const MAX_BATCH_LENGTH = 2 * 1024 * 1024
const RETRY_AFTER_MS = 250

/**
 * Writes results inside the caller's transaction and returns those that were accepted; a waiting
 * run of the same job may go ahead with it.
 */
export async function writeResults(
  trx: Db,
  owner: number,
  ended: readonly EndedRun[]
): Promise<EndedRun[]> {
  if (ended.length === 0) return []
  const jobs = [...new Set(ended.map((one) => one.run.job_id))]
  await lockJobs(trx, jobs)
  const states = await settleRuns(
    trx,
    owner,
    ended.map((one) => one.settlement)
  )
  const accepted = ended.flatMap((one) => asWritten(one, states.get(one.run.id)))
  await writeRunLogs(
    trx,
    accepted.flatMap(({ log }) => log ?? [])
  )
  await summarizeJobs(trx, summarize(accepted))
  const over = accepted.filter((one) => one.settlement.state !== 'pending')
  const now = ended[0]?.settlement.finishedAt ?? 0
  await promoteQueuedRuns(trx, [...new Set(over.map((one) => one.run.job_id))], now)
  return accepted
}

/** A run that was to be cancelled is over, although its attempt ended in a way to be tried again. */
function asWritten(ended: EndedRun, written: SettledState | undefined): EndedRun[] {
  if (written === undefined) return []
  if (written.state === ended.settlement.state) return [ended]
  return [{ ...ended, settlement: { ...ended.settlement, ...written, availableAt: null } }]
}

/** Tells which results were written and which were refused; to be called after the commit. */
export function announceResults(
  events: EventHub,
  ended: readonly EndedRun[],
  accepted: readonly EndedRun[]
): void {
  if (ended.length === 0) return
  if (accepted.length < ended.length) {
    const known = new Set(accepted.map((one) => one.run))
    for (const one of ended) {
      if (!known.has(one.run)) events.emit('result_refused', { run: one.run })
    }
  }
  if (accepted.length === 0) return
  events.emit('jobs_moved', { ids: accepted.map((one) => one.run.job_id) })
  events.emit('runs_settled', { runs: accepted.map(toSettledRun) })
}

/** Tells of attempts whose ends were written otherwise; to be called after the commit. */
export function announceEnds(events: EventHub, runs: readonly SettledRun[]): void {
  if (runs.length === 0) return
  events.emit('jobs_moved', { ids: runs.map(({ run }) => run.job_id) })
  events.emit('runs_settled', { runs })
}

function toSettledRun({ run, settlement, outcome, error }: EndedRun): SettledRun {
  const { state, reason, finishedAt } = settlement
  return { run, state, reason, outcome, finished_at: finishedAt, error }
}

/** Results on their way into the database. */
export interface Settler {
  add(ended: EndedRun): void
  /**
   * Does `work` in one transaction that first writes what waits, and calls `afterCommit` before it tells
   * of the results. On a server, many results are written at the same time instead, by a transaction of
   * their own. `work` can ask for the jobs of which there are results that it does not see.
   */
  alongside<Result>(
    work: (trx: Db, jobsOnTheWay: () => Set<number>) => Promise<Result>,
    afterCommit: (result: Result) => void
  ): Promise<Result>
  /** Resolves when what is being written by itself is written, or has failed. */
  written(): Promise<void>
  /** Writes everything that waits. @throws when the database does not take it */
  flush(): Promise<void>
  /** Whether the last try to write failed; what waits is held until it succeeds. */
  isFailing(): boolean
  /** Runs whose results wait or are being written. */
  runIds(): number[]
  /** Forgets what waits: the runs belong to another replica by now. */
  clear(): void
}

export interface SettlerParts {
  db: Db
  clock: Clock
  events: EventHub
  owner(): number
  /** Whether a round is about to begin, or slots are to be filled as they come free: both take results along. */
  isCrowded(): boolean
  /** Called after the commit of results. */
  onResults(ended: readonly EndedRun[], accepted: readonly EndedRun[]): void
}

export function createSettler(parts: SettlerParts): Settler {
  const { db, clock, events } = parts
  let waiting: EndedRun[] = []
  const writing = new Set<EndedRun>()
  let failing = false
  let cancelTimer: (() => void) | null = null
  let flushing: Promise<void> = Promise.resolve()

  const flushOrRetry = (): void => {
    flush().catch((error: unknown) => {
      events.emit('pass_failed', { loop: 'settle', error })
      schedule(RETRY_AFTER_MS)
    })
  }

  const schedule = (delayMs: number): void => {
    cancelTimer ??= clock.setTimer(() => {
      cancelTimer = null
      flushOrRetry()
    }, delayMs)
  }

  const flushAfterMs = (): number => (parts.isCrowded() ? CROWDED_FLUSH_AFTER_MS : FLUSH_AFTER_MS)

  const write = async <Result>(
    taken: readonly EndedRun[],
    work: (trx: Db) => Promise<Result>,
    afterCommit: (result: Result) => void
  ): Promise<Result> => {
    const { accepted, result } = await inTransaction(db, async (trx) => ({
      accepted: await writeResults(trx, parts.owner(), taken),
      result: await work(trx)
    })).catch((error: unknown) => {
      putBack(taken)
      throw error
    })
    for (const one of taken) writing.delete(one)
    if (taken.length > 0) failing = false
    afterCommit(result)
    parts.onResults(taken, accepted)
    return result
  }

  const writeAll = async (): Promise<void> => {
    while (waiting.length > 0) {
      await write(
        take(),
        async () => undefined,
        () => undefined
      )
    }
  }

  const flush = (): Promise<void> => {
    flushing = flushing.catch(() => undefined).then(writeAll)
    return flushing
  }

  // Whoever takes results also writes them: a timer that goes off all the same would pay a commit
  // for the few that came in between, and they can wait for the next batch.
  const take = (): EndedRun[] => {
    cancelTimer?.()
    cancelTimer = null
    const taken = waiting.splice(0, batchSize(waiting))
    for (const one of taken) writing.add(one)
    if (waiting.length > 0) schedule(flushAfterMs())
    return taken
  }

  const takeAlong = (): EndedRun[] => {
    if (!db.dialect.isShared || waiting.length < APART_FROM || failing) return take()
    flushOrRetry()
    return []
  }

  const jobsBeside = (taken: readonly EndedRun[]): Set<number> => {
    const others = new Set([...writing, ...waiting])
    for (const one of taken) others.delete(one)
    return new Set(Array.from(others, ({ run }) => run.job_id))
  }

  const putBack = (ended: readonly EndedRun[]): void => {
    if (ended.length === 0) return
    for (const one of ended) writing.delete(one)
    failing = true
    waiting = [...ended, ...waiting]
    schedule(RETRY_AFTER_MS)
  }

  return {
    add: (ended) => {
      waiting.push(ended)
      schedule(flushAfterMs())
    },
    alongside: (work, afterCommit) => {
      const taken = takeAlong()
      return write(taken, (trx) => work(trx, () => jobsBeside(taken)), afterCommit)
    },
    written: () => flushing.catch(() => undefined),
    flush,
    isFailing: () => failing,
    runIds: () => [...writing, ...waiting].map(({ run }) => run.id),
    clear: () => {
      waiting = []
      failing = false
    }
  }
}

/** How many of the results go into the next transaction. */
function batchSize(waiting: readonly EndedRun[]): number {
  let length = 0
  const end = waiting.findIndex(({ settlement: { result, error, attempts }, log }, index) => {
    const texts = [result, error, attempts, log?.lines]
    length += texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
    return index > 0 && length > MAX_BATCH_LENGTH
  })
  return Math.min(end === -1 ? waiting.length : end, MAX_BATCH)
}
