import { createJobFile } from './job-file.ts'
import { TARGET } from './host.ts'
import type { StoredJob } from './job-table.ts'
import { NODE_FLAGS, programOf } from './places.ts'
import type { Recurred } from './recurring-replica.ts'
import { runRecurring } from './recurring-run.ts'
import type { Line } from './report.ts'
import { inTempFolder } from './temp-folder.ts'

/** From the start of the process until it has made its first rounds. */
const START_MS = 15_000
const WARM_UP_MS = 3_000
const MEASURED_MS = 10_000

interface Setting {
  schedules: number
  /** Runs a second, all schedules together. */
  rate: number
  /** Of the 99th percentile. */
  aim: string
}

const SETTINGS: readonly Setting[] = [
  { schedules: 1_000, rate: 1_000, aim: '≤ 20 ms' },
  { schedules: 10_000, rate: 1_000, aim: '≤ 20 ms' },
  { schedules: 100_000, rate: 1_000, aim: '≤ 20 ms' },
  { schedules: 10_000, rate: 10_000, aim: '≤ 100 ms' },
  { schedules: 100_000, rate: 10_000, aim: '≤ 100 ms' }
]

/** How late runs of many schedules start, in a process of its own on SQLite, and what it holds. */
export async function recurring(): Promise<Line[]> {
  const lines: Line[] = []
  for (const setting of SETTINGS) lines.push(...toLines(setting, await measure(setting)))
  return lines
}

function measure({ schedules, rate }: Setting): Promise<Recurred> {
  return inTempFolder(async (folder) => {
    // Jobs are put into the table before: their occurrences begin when that is done.
    const first = Date.now() + START_MS + schedules * FILL_MS
    const file = await createJobFile(folder, schedules, spread({ schedules, rate, first }))
    const from = first + WARM_UP_MS
    const program = programOf('recurring-replica')
    const parameters = [`sqlite:${file}`, String(from), String(from + MEASURED_MS)]
    return runRecurring(program, parameters, NODE_FLAGS)
  })
}

/** What putting a job into the table is given at most, in milliseconds. */
const FILL_MS = 0.1

/** Intervals whose occurrences are as far from each other as can be. */
function spread({ schedules, rate, first }: Omit<Setting, 'aim'> & { first: number }) {
  const periodMs = (schedules / rate) * 1_000
  return (index: number): StoredJob => {
    const nextRunAt = first + Math.floor((index * periodMs) / schedules)
    const start_date = new Date(nextRunAt).toISOString()
    const repeat_interval = `${periodMs / 1_000}s`
    return {
      input: { name: `Job ${index}`, start_date, repeat_interval, target: TARGET },
      nextRunAt
    }
  }
}

function toLines({ schedules, rate, aim }: Setting, found: Recurred): Line[] {
  const what = `${schedules.toLocaleString('en')} schedules, ${rate.toLocaleString('en')} runs/s`
  const wanted = (rate * MEASURED_MS) / 1_000
  return [
    { what: `${what}: p50`, ours: `${found.p50} ms` },
    { what: `${what}: p99`, ours: `${found.p99} ms`, aim },
    {
      what: `${what}: recorded in time`,
      ours: found.runs.toLocaleString('en'),
      limit: wanted.toLocaleString('en'),
      ratio: found.runs / wanted,
      aim: '≥ 1.00'
    },
    { what: `${what}: of one core`, ours: `${found.cpu.toFixed(0)} %` },
    { what: `${what}: memory`, ours: `${Math.round(found.memory)} MiB`, aim: '≤ 120 MiB' }
  ]
}
