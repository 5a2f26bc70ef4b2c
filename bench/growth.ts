import process from 'node:process'
import { DATABASE_NAMES, type DatabaseKind } from '../test/helpers/server-databases.ts'
import { runDue } from './due-run.ts'
import { dueNextYear, fillJobs } from './job-table.ts'
import { verifyLedger } from './ledger.ts'
import { inOwnDatabase, onEachDatabase } from './own-database.ts'
import { median, perSecond, type Line } from './report.ts'
import { fillRuns } from './run-table.ts'

const DUE = 10_000
const STORED = 1_000_000
const SLOTS = 1_000
const ROUNDS = 3
/** Kept of what was done, by `--large`: that takes minutes to write, and some GiB a database. */
const HISTORY = process.argv.includes('--large') ? 10_000_000 : 0

/** What the jobs that are not due cost those that are: the same run beside none and beside many. */
export function growth(): Promise<Line[]> {
  return onEachDatabase(async (kind) => [await compare(kind)])
}

function compare(kind: DatabaseKind): Promise<Line> {
  return inOwnDatabase(kind, (large) =>
    inOwnDatabase(kind, async (small) => {
      await fillJobs(large, STORED, dueNextYear())
      await fillRuns(large, HISTORY, STORED)
      const run = async (url: string) => runDue({ url, jobs: DUE, processes: 1, slots: SLOTS })
      const seconds: { large: number[]; small: number[] } = { large: [], small: [] }
      for (let round = 0; round < ROUNDS; round++) {
        seconds.large.push(await run(large))
        seconds.small.push(await run(small))
      }
      if (HISTORY === 0) await verifyLedger(large)
      await verifyLedger(small)
      return toLine(kind, median(seconds.large), median(seconds.small))
    })
  )
}

function toLine(kind: DatabaseKind, large: number, small: number): Line {
  const [due, stored, kept] = [DUE, STORED, HISTORY].map((count) => count.toLocaleString('en'))
  const others = HISTORY === 0 ? `${stored} others` : `${stored} others and ${kept} runs`
  return {
    what: `${DATABASE_NAMES[kind]}, ${due} due beside ${others} and beside none: time`,
    ours: perSecond(DUE / large),
    limit: perSecond(DUE / small),
    ratio: large / small,
    aim: '≤ 1.30'
  }
}
