import type { Scheduler } from '../index.ts'
import { createHost } from './host.ts'
import { connect, createJobFile } from './job-file.ts'
import { dueAt } from './job-table.ts'
import { writeRuns } from './raw-writes.ts'
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
    aim: '≥ 0.50'
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
  verify(file, jobs)
  return seconds
}

async function writeAll(folder: string, jobs: number, slots: number): Promise<number> {
  const file = await createJobFile(folder, jobs, dueAt(Date.now()))
  const seconds = writeRuns(file, jobs, slots)
  verify(file, jobs)
  return seconds
}

function untilSucceeded(scheduler: Scheduler, count: number): Promise<void> {
  let left = count
  return new Promise((resolve) => {
    scheduler.events.on('runs_settled', ({ runs }) => {
      left -= runs.filter((one) => one.state === 'succeeded').length
      if (left === 0) resolve()
    })
  })
}

/** Every job has exactly one record, a success, and nothing is left over. */
function verify(file: string, jobs: number): void {
  const connection = connect(file)
  const found = connection
    .prepare(
      `select count(*) as runs, count(distinct job_id) as jobs, sum(state = 'succeeded') as good,
        count(owner) + count(active_key) as held,
        (select count(*) from carillon_jobs where state <> 'finished' or last_outcome is null) as open
      from carillon_runs`
    )
    .get()
  connection.close()
  const wanted = { runs: jobs, jobs, good: jobs, held: 0, open: 0 }
  if (JSON.stringify(found) !== JSON.stringify(wanted)) {
    throw new Error(`Wanted ${JSON.stringify(wanted)}, found ${JSON.stringify(found)}.`)
  }
}
