import { Client } from 'pg'
import { toDue, type RawConnection } from './raw-records.ts'

/** A transaction is one statement, so that it costs one journey to the server. */
export async function connectRawPostgres(url: string): Promise<RawConnection> {
  const client = new Client({ connectionString: url })
  await client.connect()
  return {
    findDue: async (part, of) => {
      const { rows } = await client.query<{ id: string; next_run_at: string }>(FIND, [of, part])
      return toDue(rows)
    },
    record: async (at, due, ended) => {
      const { rows } = await client.query<{ id: string; job_id: string }>({
        name: 'record',
        text: RECORD,
        values: [Date.now(), at, due, ended.map((run) => run.id), ended.map((run) => run.jobId)]
      })
      return rows.map((row) => ({ id: Number(row.id), jobId: Number(row.job_id) }))
    },
    close: () => client.end()
  }
}

const FIND = `
  select id, next_run_at from carillon_jobs
  where next_run_at is not null and id % $1::int = $2::int order by id`

const RECORD = `
  with settled as (
    update carillon_runs set
      state = 'succeeded', reason = null, available_at = null, active_key = null,
      finished_at = $1::bigint, result = null, error = null, attempts = null, owner = null
    where id = any($4::bigint[]) and owner = 1 and attempt = 1
  ), summarized as (
    update carillon_jobs set
      last_run_at = $1::bigint, last_outcome = 'succeeded', last_success_at = $1::bigint,
      consecutive_failures = 0
    where id = any($5::bigint[])
  ), advanced as (
    update carillon_jobs set
      next_run_at = null, state = 'finished', scheduled_runs = scheduled_runs + 1
    where id = any($3::bigint[])
  )
  insert into carillon_runs (
    job_id, job_version, scheduled_for, seq, cause, state, attempt, owner, replica, active_key,
    handler, occurrences, queued_at, started_at
  )
  select id, 1, $2::bigint, 0, 'schedule', 'running', 1, 1, 1, id,
    'measured', 1, $1::bigint, $1::bigint
  from unnest($3::bigint[]) as due (id)
  on conflict do nothing returning id, job_id`
