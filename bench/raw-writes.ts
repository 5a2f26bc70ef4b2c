import type Sqlite from 'better-sqlite3'
import { connect } from './job-file.ts'

interface RawRun {
  id: number | bigint
  jobId: number
}

/**
 * The limit: the row writes of due → recorded by better-sqlite3 alone, with prepared statements, one
 * row each, in transactions of `batch` runs, each with the results of the one before. Nothing is
 * read, decided, run or told. @returns seconds
 */
export function writeRuns(file: string, count: number, batch: number): number {
  const connection = connect(file)
  const { insert, advance, settle, summarize } = prepare(connection)
  let waiting: RawRun[] = []
  const writeBatch = connection.transaction((first: number, last: number) => {
    const now = Date.now()
    for (const { id, jobId } of waiting) {
      settle.run('succeeded', now, id, 1, 1)
      summarize.run(now, 'succeeded', now, jobId)
    }
    waiting = []
    for (let jobId = first; jobId <= last; jobId++) {
      advance.run(null, 'finished', jobId)
      const { lastInsertRowid: id } = insert.run(jobId, now, jobId, now, now)
      waiting.push({ id, jobId })
    }
  })
  const begin = performance.now()
  for (let first = 1; first <= count; first += batch) {
    writeBatch.immediate(first, Math.min(first + batch - 1, count))
  }
  writeBatch.immediate(1, 0)
  const seconds = (performance.now() - begin) / 1_000
  connection.close()
  return seconds
}

function prepare(connection: Sqlite.Database) {
  return {
    insert: connection.prepare(
      `insert into carillon_runs (
        job_id, job_version, scheduled_for, seq, cause, state, reason, attempt, owner, replica,
        available_at, active_key, queue_key, handler, params, range_to, occurrences, queued_at,
        started_at, finished_at
      ) values (
        ?, 1, ?, 0, 'schedule', 'running', null, 1, 1, 1,
        null, ?, null, 'measured', null, null, 1, ?, ?, null
      ) on conflict do nothing`
    ),
    advance: connection.prepare('update carillon_jobs set next_run_at = ?, state = ? where id = ?'),
    settle: connection.prepare(
      `update carillon_runs set
        state = ?, reason = null, available_at = null, active_key = null, finished_at = ?,
        result = null, error = null, attempts = null, owner = null
      where id = ? and +owner = ? and attempt = ?`
    ),
    summarize: connection.prepare(
      `update carillon_jobs set
        last_run_at = ?, last_outcome = ?, last_success_at = ?, consecutive_failures = 0
      where id = ?`
    )
  }
}
