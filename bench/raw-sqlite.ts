import type Sqlite from 'better-sqlite3'
import { connect } from './job-file.ts'
import { toDue, type RawConnection, type RawRun } from './raw-records.ts'

/** With prepared statements, one row each: the cheapest there is without a server. */
export function connectRawSqlite(file: string): RawConnection {
  const connection = connect(file)
  const { find, insert, advance, settle, summarize } = prepare(connection)
  const record = connection.transaction(
    (at: number, due: readonly number[], ended: readonly RawRun[]) => {
      const now = Date.now()
      for (const { id, jobId } of ended) {
        settle.run('succeeded', now, id, 1, 1)
        summarize.run(now, 'succeeded', now, jobId)
      }
      return due.map((jobId) => {
        advance.run(null, 'finished', jobId)
        return { id: Number(insert.run(jobId, at, jobId, now, now).lastInsertRowid), jobId }
      })
    }
  )
  return {
    findDue: async (part, of) => toDue(find.all(of, part)),
    record: async (at, due, ended) => record.immediate(at, due, ended),
    close: async () => void connection.close()
  }
}

function prepare(connection: Sqlite.Database) {
  return {
    find: connection.prepare<[number, number], { id: number; next_run_at: number }>(
      `select id, next_run_at from carillon_jobs
      where next_run_at is not null and id % ? = ? order by id`
    ),
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
    advance: connection.prepare(
      `update carillon_jobs set
        next_run_at = ?, state = ?, scheduled_runs = scheduled_runs + 1
      where id = ?`
    ),
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
