import { setTimeout as sleep } from 'node:timers/promises'
import { createHost, TARGET } from './host.ts'
import { connect, createJobFile } from './job-file.ts'
import type { StoredJob } from './job-table.ts'
import { quantile, type Line } from './report.ts'
import { inTempFolder } from './temp-folder.ts'

const JOBS = 1_000
const PERIOD_MS = 1_000
const WARM_UP_MS = 2_000
const MEASURED_MS = 10_000
const BARE_MS = 3_000

interface Variant {
  what: string
  /** When within the second a job is due. */
  phaseOf(index: number): number
  jobAt(index: number, first: number): StoredJob
}

const VARIANTS: readonly Variant[] = [
  {
    what: '1,000 intervals of 1s, spread',
    phaseOf: (index) => index,
    jobAt: (index, first) => ({
      input: {
        name: `Job ${index}`,
        start_date: new Date(first + index).toISOString(),
        repeat_interval: '1s',
        target: TARGET
      },
      nextRunAt: first + index
    })
  },
  {
    what: '1,000 crons at the full second',
    phaseOf: () => 0,
    jobAt: (index, first) => ({
      input: { name: `Job ${index}`, schedule: '* * * * * *', target: TARGET },
      nextRunAt: first
    })
  }
]

/** How late 1,000 recurring runs a second start, against bare timers that record nothing. */
export async function lateness(): Promise<Line[]> {
  const lines: Line[] = []
  for (const variant of VARIANTS) {
    const ours = await inTempFolder((folder) => runJobs(folder, variant))
    const bare = await runTimers(variant)
    const line = (name: string, q: number): Line => ({
      what: `${variant.what}: ${name}`,
      ours: `${quantile(ours, q)} ms`,
      limit: `${quantile(bare, q)} ms`
    })
    lines.push(line('p50', 0.5), { ...line('p99', 0.99), aim: '≤ 20 ms' }, line('max', 1))
  }
  return lines
}

/** @returns milliseconds from the occurrence to the first line of the handler, one a run */
async function runJobs(folder: string, { jobAt }: Variant): Promise<number[]> {
  const first = nextFullSecond()
  const file = await createJobFile(folder, JOBS, (index) => jobAt(index, first))
  const from = first + WARM_UP_MS
  const until = from + MEASURED_MS
  const late: number[] = []
  const host = await createHost({
    database: `sqlite:${file}`,
    handler: ({ run }) => {
      if (run.scheduledFor >= from && run.scheduledFor < until) {
        late.push(Date.now() - run.scheduledFor)
      }
    }
  })
  await host.scheduler.start()
  await sleep(until + PERIOD_MS / 2 - Date.now())
  await host.close()
  verify(file, from, until)
  return late
}

/** Every occurrence of the measured time ran once. */
function verify(file: string, from: number, until: number): void {
  const connection = connect(file)
  const found = connection
    .prepare(
      `select count(*) from carillon_runs
      where state = 'succeeded' and scheduled_for >= ? and scheduled_for < ?`
    )
    .pluck()
    .get(from, until)
  connection.close()
  const wanted = (JOBS * MEASURED_MS) / PERIOD_MS
  if (found !== wanted) throw new Error(`Wanted ${wanted} runs, found ${String(found)}.`)
}

/** The same instants met by one `setTimeout` each. */
async function runTimers({ phaseOf }: Variant): Promise<number[]> {
  const first = nextFullSecond()
  const until = first + BARE_MS
  const late: number[] = []
  const arm = (at: number): void => {
    if (at >= until) return
    setTimeout(() => {
      const lateMs = Date.now() - at
      // A timer may fire a millisecond early; whoever is never early looks at the clock again.
      if (lateMs < 0) return arm(at)
      late.push(lateMs)
      arm(at + PERIOD_MS)
    }, at - Date.now())
  }
  for (let index = 0; index < JOBS; index++) arm(first + phaseOf(index))
  await sleep(until - Date.now())
  return late
}

function nextFullSecond(): number {
  return (Math.floor(Date.now() / PERIOD_MS) + 2) * PERIOD_MS
}
