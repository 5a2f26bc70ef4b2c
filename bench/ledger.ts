import { sql } from 'kysely'
import { openDatabase } from '../src/store/open.ts'

/**
 * Every job that is not for next year has exactly one record, a success at the first attempt, and
 * nothing is left over. @throws an error that says what was found instead
 */
export async function verifyLedger(url: string): Promise<void> {
  const database = await openDatabase(url)
  try {
    const { rows } = await sql<Record<string, unknown>>`
      select count(*) as runs, count(distinct job_id) as jobs,
        sum(case when state = 'succeeded' and attempt = 1 then 1 else 0 end) as good,
        (select count(*) from carillon_jobs where state = 'finished' and last_outcome = 'succeeded')
          as finished,
        count(owner) + count(active_key) + count(available_at) as held,
        (select count(*) from carillon_jobs where next_run_at <= ${Date.now()}) as due
      from carillon_runs
    `.execute(database.query)
    const [row = {}] = rows
    // Drivers give counts as texts, too.
    const found = Object.fromEntries(Object.entries(row).map(([name, n]) => [name, Number(n)]))
    const { runs = 0, jobs, good, finished, held, due } = found
    const isRight = jobs === runs && good === runs && finished === runs && held === 0 && due === 0
    if (!isRight || runs === 0) throw new Error(`The ledger is wrong: ${JSON.stringify(found)}.`)
  } finally {
    await database.close()
  }
}
