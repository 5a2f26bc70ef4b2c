import { sql } from 'kysely'
import { openDatabase } from '../src/store/open.ts'

/**
 * Every job that was due has exactly one record, a success at the first attempt, and nothing is left
 * over. @throws an error that says what was found instead
 */
export async function verifyLedger(url: string, jobs: number): Promise<void> {
  const database = await openDatabase(url)
  try {
    const { rows } = await sql<Record<string, unknown>>`
      select count(*) as runs, count(distinct job_id) as jobs,
        sum(case when state = 'succeeded' and attempt = 1 then 1 else 0 end) as good,
        count(owner) + count(active_key) as held,
        (select count(*) from carillon_jobs where state = 'finished' and last_outcome = 'succeeded')
          as finished
      from carillon_runs
    `.execute(database.query)
    // PostgreSQL gives counts as text.
    const found = Object.fromEntries(
      Object.entries(rows[0] ?? {}).map(([name, value]) => [name, Number(value)])
    )
    const wanted = { runs: jobs, jobs, good: jobs, held: 0, finished: jobs }
    if (JSON.stringify(found) !== JSON.stringify(wanted)) {
      throw new Error(`Wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}.`)
    }
  } finally {
    await database.close()
  }
}
