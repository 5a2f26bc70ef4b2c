import { DATABASE_NAMES, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { runDue, writeDue, type DueRun } from './due-run.ts'
import { verifyLedger } from './ledger.ts'
import { inOwnDatabase, onEachDatabase } from './own-database.ts'
import { median, perSecond, type Line } from './report.ts'

const JOBS = 50_000
const SLOTS = 1_000
const ROUNDS = 3

/** A file is written to by one at a time: a second process there is for its failure, not for speed. */
const PROCESSES: Readonly<Record<DatabaseKind, readonly number[]>> = {
  sqlite: [1, 2],
  postgres: [1, 2, 4],
  mysql: [1, 2, 4]
}

/** Many jobs due at once on each kind of database, by processes that share it, against bare writes. */
export function databases(): Promise<Line[]> {
  return onEachDatabase(async (kind) => {
    const lines: Line[] = []
    for (const processes of PROCESSES[kind]) lines.push(await compare(kind, processes))
    return lines
  })
}

async function compare(kind: DatabaseKind, processes: number): Promise<Line> {
  const ours: number[] = []
  const limit: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await rate(kind, { jobs: JOBS, processes, slots: SLOTS }, runDue))
    limit.push(await rate(kind, { jobs: JOBS, processes, slots: SLOTS }, writeDue))
  }
  return {
    what: `${DATABASE_NAMES[kind]}, ${JOBS.toLocaleString('en')} jobs, ${processesOf(processes)}`,
    ours: perSecond(median(ours)),
    limit: perSecond(median(limit)),
    ratio: median(ours) / median(limit),
    aim: '≥ 0.70'
  }
}

/** Runs a second, in a database of their own. */
function rate(
  kind: DatabaseKind,
  run: Omit<DueRun, 'url'>,
  work: (run: DueRun) => Promise<number>
): Promise<number> {
  return inOwnDatabase(kind, async (url) => {
    const seconds = await work({ ...run, url })
    await verifyLedger(url)
    return run.jobs / seconds
  })
}

/** `1 process`, `2 processes`. */
export function processesOf(count: number): string {
  return count === 1 ? '1 process' : `${count} processes`
}
