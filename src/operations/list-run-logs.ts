import { decodeCursor, encodeCursor } from '../domain/cursor.ts'
import { CarillonError } from '../domain/errors.ts'
import { formatInstant } from '../domain/instant.ts'
import type { RunLog, RunLogPage } from '../domain/run-log.ts'
import { shown } from '../domain/validation.ts'
import { listRunLogs as listStoredLogs } from '../store/run-logs.ts'
import { getRunRow } from './cancel-run.ts'
import type { Core } from './core.ts'

const DEFAULT_LIMIT = 100

/**
 * What the handler of a run logged, also while it is going on, on whichever replica: lines are there
 * about a second after they were written.
 * @throws CarillonError `run_not_found`, `validation_failed` for a cursor that is none
 */
export async function listRunLogs(
  { db }: Core,
  id: number,
  { after, limit = DEFAULT_LIMIT }: RunLogPage
): Promise<RunLog> {
  const [afterAttempt, afterLine] = after === undefined ? START : positionOf(after)
  const logs = await listStoredLogs(db, id)
  if (logs.length === 0) await getRunRow(db, id)
  const all = logs.flatMap(({ attempt, lines }) => lines.map((line) => ({ attempt, ...line })))
  const lines = all
    .filter(({ attempt, line }) =>
      attempt === afterAttempt ? line > afterLine : attempt > afterAttempt
    )
    .slice(0, limit)
  const last = lines.at(-1)
  return {
    lines: lines.map((line) => ({ ...line, at: formatInstant(line.at) })),
    omitted: logs.reduce((sum, log) => sum + log.lastLine - log.lines.length, 0),
    cursor: last === undefined ? (after ?? null) : encodeCursor([last.attempt, last.line])
  }
}

const START = [0, 0] as const

function positionOf(after: string): readonly [attempt: number, line: number] {
  const [attempt, line] = decodeCursor(after, 2) ?? []
  if (attempt !== undefined && line !== undefined) return [attempt, line]
  const detail = `"after" is ${shown(after)}, which is not of a run's log; take the "cursor" of what you read before.`
  const faults = [{ in: 'query' as const, pointer: '/after', detail }]
  throw new CarillonError('validation_failed', detail, { faults })
}
