import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { skipReasons } from '../test/helpers/server-databases.ts'
import { processesOf } from './databases.ts'
import { measureDue, runDue } from './due-run.ts'
import { inOwnDatabase, skipped } from './own-database.ts'
import { reasonWithoutPeers } from './peers/install.ts'
import { QUEUE, startBoss } from './peers/pg-boss.ts'
import { programOf } from './places.ts'
import { startGroup } from './process-group.ts'
import { median, perSecond, type Line } from './report.ts'

const JOBS = 50_000
const PROCESSES = [1, 2, 4]
const SLOTS = 1_000
const ROUNDS = 3
const INSERT_BATCH = 5_000
const POLL_MS = 20

/**
 * The same jobs due at once by pg-boss, on the same PostgreSQL in turn with us. What it keeps of each
 * is one row: when it was created, started and completed, for seven days unless told otherwise. A
 * batch succeeds or fails as a whole, and there is no record of a schedule that the job came from.
 */
export async function peers(): Promise<Line[]> {
  const reason = skipReasons.postgres === false ? await reasonWithoutPeers() : skipReasons.postgres
  if (reason !== false) return [skipped('pg-boss', reason)]
  const lines: Line[] = []
  for (const processes of PROCESSES) lines.push(...(await compare(JOBS, processes)))
  return lines
}

async function compare(jobs: number, processes: number): Promise<Line[]> {
  const ours: number[] = []
  const theirs: Spans[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(
      await inOwnDatabase('postgres', (url) => runDue({ url, jobs, processes, slots: SLOTS }))
    )
    theirs.push(await inOwnDatabase('postgres', (url) => runPgBoss(url, jobs, processes)))
  }
  const own = jobs / median(ours)
  const line = (what: string, rate: number): Line => ({
    what: `${jobs.toLocaleString('en')} jobs, ${processesOf(processes)}, pg-boss ${what}`,
    ours: perSecond(own),
    limit: perSecond(rate),
    ratio: own / rate
  })
  return [
    { ...line('from due', jobs / median(theirs.map((one) => one.fromDue))), aim: '≥ 1.00' },
    // Without the time until it polls, which matters less the longer the run is.
    line('from its first start', jobs / median(theirs.map((one) => one.fromStart)))
  ]
}

/** Seconds until its tables say that the last job was completed. */
interface Spans {
  fromDue: number
  fromStart: number
}

async function runPgBoss(url: string, jobs: number, processes: number): Promise<Spans> {
  const boss = await startBoss(url)
  const client = new Client({ connectionString: url })
  await client.connect()
  // Its documentation advises a table of its own for a large queue, and `insert` for many jobs.
  await boss.createQueue(QUEUE, { partition: true })
  const group = await startGroup(
    programOf('peers/pg-boss-worker'),
    Array.from({ length: processes }, () => [url])
  )
  let due = 0
  const make = async (count: number, at: number): Promise<void> => {
    due = at
    for (let made = 0; made < count; made += INSERT_BATCH) {
      const length = Math.min(INSERT_BATCH, count - made)
      await boss.insert(
        QUEUE,
        Array.from({ length }, () => ({ startAfter: new Date(at) }))
      )
    }
  }
  const untilRecorded = async (count: number) => {
    const report = await group.untilRecorded(count)
    while ((await countCompleted(client)) < count) await sleep(POLL_MS)
    return report
  }
  try {
    await measureDue({ group: { ...group, untilRecorded }, jobs, make })
    return await readSpans(client, due, jobs)
  } finally {
    await group.stop()
    await boss.stop()
    await client.end()
  }
}

async function countCompleted(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from pgboss.job where name = $1 and state = 'completed'`,
    [QUEUE]
  )
  return rows[0]?.count ?? 0
}

async function readSpans(client: Client, due: number, jobs: number): Promise<Spans> {
  const { rows } = await client.query<{ first: number; last: number; count: number }>(
    `select count(*)::int as count, extract(epoch from min(started_on))::float8 as first,
      extract(epoch from max(completed_on))::float8 as last
    from pgboss.job where name = $1 and start_after = $2 and state = 'completed'`,
    [QUEUE, new Date(due)]
  )
  const [row] = rows
  if (row?.count !== jobs) throw new Error(`Wanted ${jobs} jobs, found ${JSON.stringify(row)}.`)
  return { fromDue: row.last - due / 1_000, fromStart: row.last - row.first }
}
