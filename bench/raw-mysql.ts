import mysql, { type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'
import { toDue, type RawConnection, type RawRun } from './raw-records.ts'

interface DueRow extends RowDataPacket {
  id: number
  next_run_at: number
}

/** A transaction is one text of several statements, so that it costs one journey to the server. */
export async function connectRawMysql(url: string): Promise<RawConnection> {
  const connection = await mysql.createConnection({ uri: url, multipleStatements: true })
  await connection.query('set session transaction isolation level read committed')
  // MariaDB alone reads this: from 1,000 values on it would make a list a table, and scan the other.
  await connection.query('/*M! set session in_predicate_conversion_threshold = 0 */')
  return {
    findDue: async (part, of) => {
      const [rows] = await connection.query<DueRow[]>(FIND, [of, part])
      return toDue(rows)
    },
    record: async (at, due, ended) => {
      const now = Date.now()
      const parts = [
        ended.length > 0 ? results(now, ended) : '',
        due.length > 0 ? runs(at, due) : ''
      ]
      const [answers] = await connection.query<ResultSetHeader[]>(
        ['begin', ...parts, 'commit'].filter((part) => part !== '').join(';')
      )
      // Rows of one statement are numbered one after the other, whatever else is inserted meanwhile.
      const first = answers.at(-2)?.insertId ?? 0
      return due.map((jobId, index) => ({ id: first + index, jobId }))
    },
    close: () => connection.end()
  }

  function results(now: number, ended: readonly RawRun[]): string {
    return connection.format(
      `update carillon_runs set
        state = 'succeeded', reason = null, available_at = null, active_key = null, finished_at = ?,
        result = null, error = null, attempts = null, owner = null
      where id in (?) and owner = 1 and attempt = 1;
      update carillon_jobs set
        last_run_at = ?, last_outcome = 'succeeded', last_success_at = ?, consecutive_failures = 0
      where id in (?)`,
      [now, ended.map((run) => run.id), now, now, ended.map((run) => run.jobId)]
    )
  }

  function runs(at: number, due: readonly number[]): string {
    const now = Date.now()
    return connection.format(
      `update carillon_jobs set
        next_run_at = null, state = 'finished', scheduled_runs = scheduled_runs + 1
      where id in (?);
      insert ignore into carillon_runs (
        job_id, job_version, scheduled_for, seq, cause, state, attempt, owner, replica, active_key,
        handler, occurrences, queued_at, started_at
      ) values ?`,
      [
        due,
        due.map((id) => [id, 1, at, 0, 'schedule', 'running', 1, 1, 1, id, 'measured', 1, now, now])
      ]
    )
  }
}

const FIND = `
  select id, next_run_at from carillon_jobs
  where next_run_at is not null and id % ? = ? order by id`
