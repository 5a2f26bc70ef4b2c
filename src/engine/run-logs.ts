import type { Clock } from '../domain/clock.ts'
import { LOG_LEVELS, type LogLevel } from '../domain/run-log.ts'
import type { Db } from '../store/db.ts'
import { writeRunLogs, type RunLogRow } from '../store/run-logs.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Logger } from './attempt.ts'
import type { ClaimedRun } from './claimed-run.ts'
import type { EventHub } from './events.ts'
import { createLogTail, type LogTail } from './log-tail.ts'

/** Lines wait this long for company, and are written no more often than once in the other time. */
const GATHER_MS = 100
const WRITE_EVERY_MS = 1_000
/** At most so much at once, but for a single attempt; what is left over waits for the next time. */
const MAX_BATCH_LENGTH = 1024 * 1024

/** What handlers log: it goes to the host's logger, and its end is kept with the run. */
export interface RunLogs {
  /** What the target of a run that goes on logs by. */
  loggerOf(run: ClaimedRun): Logger
  /** Nothing that comes later is kept. @returns what is not written yet; null for nothing */
  end(run: ClaimedRun): RunLogRow | null
  /** Forgets what is not written: the runs belong to another replica by now. */
  clear(): void
  /** Resolves when nothing is being written. */
  idle(): Promise<void>
}

export interface RunLogsParts {
  db: Db
  clock: Clock
  events: EventHub
  /** The host's. */
  log: Logger
}

interface OpenLog {
  tail: LogTail
  /** The last line that is in the database. */
  written: number
}

/** Runs never wait for their lines: while the database is slow, the end of what was logged is kept. */
export function createRunLogs({ db, clock, events, log }: RunLogsParts): RunLogs {
  const open = new Map<ClaimedRun, OpenLog>()
  let cancelTimer: (() => void) | null = null
  let writing: Promise<void> | null = null
  let nextAt = 0

  const schedule = (): void => {
    if (writing !== null) return
    cancelTimer ??= clock.setTimer(
      () => {
        cancelTimer = null
        writing = write().finally(() => {
          writing = null
          if ([...open.values()].some(isBehind)) schedule()
        })
      },
      Math.max(GATHER_MS, nextAt - clock.now())
    )
  }

  const write = async (): Promise<void> => {
    nextAt = clock.now() + WRITE_EVERY_MS
    const batch = nextBatch(open)
    if (batch.length === 0) return
    const rows = batch.map(rowOf)
    try {
      await inTransaction(db, (trx) => writeRunLogs(trx, rows))
      batch.forEach(([, one], index) => {
        one.written = rows[index]?.lastLine ?? 0
      })
    } catch (error) {
      events.emit('pass_failed', { loop: 'run_logs', error })
    }
  }

  return {
    loggerOf: (run) => {
      if (run.target !== 'handler') return log
      const one = { tail: createLogTail(), written: 0 }
      open.set(run, one)
      return teed(log, (level, given) => {
        if (open.get(run) !== one) return
        one.tail.add(level, given, clock.now())
        schedule()
      })
    },
    end: (run) => {
      const one = open.get(run)
      open.delete(run)
      if (open.size === 0) {
        cancelTimer?.()
        cancelTimer = null
      }
      return one !== undefined && isBehind(one) ? rowOf([run, one]) : null
    },
    clear: () => {
      open.clear()
    },
    idle: async () => {
      await writing
    }
  }
}

function isBehind({ tail, written }: OpenLog): boolean {
  return tail.lastLine() > written
}

function rowOf([run, { tail }]: readonly [ClaimedRun, OpenLog]): RunLogRow {
  return { runId: run.id, attempt: run.attempt, lastLine: tail.lastLine(), lines: tail.read() }
}

/** Takes those that come next; they stand behind the others afterwards, so that all have their turn. */
function nextBatch(open: Map<ClaimedRun, OpenLog>): [ClaimedRun, OpenLog][] {
  const batch: [ClaimedRun, OpenLog][] = []
  let length = 0
  const behind = [...open].filter(([, one]) => isBehind(one))
  for (const [run, one] of behind) {
    length += one.tail.read().length
    if (batch.length > 0 && length > MAX_BATCH_LENGTH) break
    batch.push([run, one])
    open.delete(run)
    open.set(run, one)
  }
  return batch
}

/** A logger whose lines are looked at; whatever else the host's can do, it can, too. */
function teed(log: Logger, keep: (level: LogLevel, given: readonly unknown[]) => void): Logger {
  const write = (level: LogLevel): Logger[LogLevel] => {
    return (...given) => {
      keep(level, given)
      log[level](...given)
    }
  }
  const [info, warn, error] = LOG_LEVELS
  const own: Logger = { info: write(info), warn: write(warn), error: write(error) }
  Object.setPrototypeOf(own, log)
  return own
}
