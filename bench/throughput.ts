import type { Scheduler } from '../index.ts'
import { createHost } from './host.ts'
import { createJobFile } from './job-file.ts'
import { dueAt } from './job-table.ts'
import { verifyLedger } from './ledger.ts'
import { connectRawSqlite } from './raw-sqlite.ts'
import { recordAll } from './raw-records.ts'
import { median, perSecond, type Line } from './report.ts'
import { inTempFolder } from './temp-folder.ts'

interface Setting {
  jobs: number
  slots: number
  rounds: number
}

const SETTINGS: readonly Setting[] = [
  { jobs: 10_000, slots: 256, rounds: 5 },
  { jobs: 10_000, slots: 1_000, rounds: 5 },
  { jobs: 100_000, slots: 256, rounds: 3 },
  { jobs: 100_000, slots: 1_000, rounds: 3 }
]

/** Many jobs due at once, each run and recorded as succeeded, against the bare writes of that. */
export async function throughput(): Promise<Line[]> {
  const lines: Line[] = []
  for (const setting of SETTINGS) lines.push(await compare(setting))
  return lines
}

async function compare({ jobs, slots, rounds }: Setting): Promise<Line> {
  const ours: number[] = []
  const limit: number[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(jobs / (await inTempFolder((folder) => runAll(folder, jobs, slots))))
    limit.push(jobs / (await inTempFolder((folder) => writeAll(folder, jobs, slots))))
  }
  return {
    what: `${jobs.toLocaleString('en')} jobs due at once, ${slots} slots`,
    ours: perSecond(median(ours)),
    limit: perSecond(median(limit)),
    ratio: median(ours) / median(limit),
    aim: '≥ 0.70'
  }
}

/** @returns seconds from the start of the scheduler to the last run recorded as succeeded */
async function runAll(folder: string, jobs: number, slots: number): Promise<number> {
  const file = await createJobFile(folder, jobs, dueAt(Date.now()))
  const host = await createHost({
    database: `sqlite:${file}`,
    handler: () => undefined,
    maxConcurrentRuns: slots
  })
  const done = untilSucceeded(host.scheduler, jobs)
  const begin = performance.now()
  await host.scheduler.start()
  await done
  const seconds = (performance.now() - begin) / 1_000
  await host.close()
  await verifyLedger(`sqlite:${file}`)
  return seconds
}

async function writeAll(folder: string, jobs: number, slots: number): Promise<number> {
  const file = await createJobFile(folder, jobs, dueAt(Date.now()))
  const connection = connectRawSqlite(file)
  const due = (await connection.findDue(0, 1)) ?? { at: 0, ids: [] }
  const begin = performance.now()
  await recordAll(connection, due, slots)
  const seconds = (performance.now() - begin) / 1_000
  await connection.close()
  await verifyLedger(`sqlite:${file}`)
  return seconds
}

/** Resolves when so many runs are recorded as succeeded. */
export function untilSucceeded(scheduler: Scheduler, count: number): Promise<void> {
  let left = count
  return new Promise((resolve) => {
    scheduler.events.on('runs_settled', ({ runs }) => {
      left -= runs.filter((one) => one.state === 'succeeded').length
      if (left === 0) resolve()
    })
  })
}
