import { Counter, Gauge, Histogram, type Registry } from '@prometheus-io/client'
import type { Scheduler } from '../scheduler.ts'
import { version } from '../version.ts'

const LATENESS_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300]
const DURATION_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 1_800, 3_600]

/** Metrics of all runs together, counted from the events of the scheduler. */
export function createRunMetrics(registry: Registry, { events, status }: Scheduler): void {
  const registers = [registry]
  const runs = new Counter({
    name: 'scheduler_runs_total',
    help: 'Runs that ended.',
    labelNames: ['outcome', 'cause', 'target'],
    registers
  })
  const attempts = new Counter({
    name: 'scheduler_run_attempts_total',
    help: 'Attempts that ended; a run may need several.',
    labelNames: ['outcome'],
    registers
  })
  const lateness = new Histogram({
    name: 'scheduler_run_lateness_seconds',
    help: 'From the scheduled instant, jitter included, to the first start.',
    buckets: LATENESS_BUCKETS,
    registers
  })
  const duration = new Histogram({
    name: 'scheduler_run_duration_seconds',
    help: 'From the start of an attempt to its end.',
    labelNames: ['outcome', 'target'],
    buckets: DURATION_BUCKETS,
    registers
  })
  const notRun = new Counter({
    name: 'scheduler_occurrences_not_run_total',
    help: 'Occurrences that were skipped or missed.',
    labelNames: ['reason'],
    registers
  })
  const leasesLost = new Counter({
    name: 'scheduler_leases_lost_total',
    help: 'Times that another process took over what this one was running.',
    registers
  })
  const rescued = new Counter({
    name: 'scheduler_rescued_runs_total',
    help: 'Runs taken back from dead processes.',
    registers
  })
  const storeErrors = new Counter({
    name: 'scheduler_store_errors_total',
    help: 'Rounds of a loop, and operations of clients, that the database failed.',
    labelNames: ['op'],
    registers
  })

  events.on('runs_settled', ({ runs: settled }) => {
    for (const { run, state, outcome, finished_at: finishedAt } of settled) {
      const { cause, target } = run
      attempts.inc({ outcome })
      // When an attempt crashed is not known, only when that was found.
      if (outcome !== 'crashed') {
        duration.observe({ outcome, target }, (finishedAt - run.started_at) / 1_000)
      }
      if (state !== 'pending') runs.inc({ outcome: state, cause, target })
    }
  })
  events.on('runs_withdrawn', ({ runs: withdrawn }) => {
    for (const { cause, target } of withdrawn) runs.inc({ outcome: 'cancelled', cause, target })
  })
  events.on('runs_started', ({ runs: started }) => {
    for (const run of started) {
      // A backfill is late by intention.
      if (run.attempt > 1 || run.cause === 'backfill') continue
      lateness.observe((run.started_at - run.scheduled_for - run.delay_ms) / 1_000)
    }
  })
  events.on('occurrences_not_run', ({ reason, count }) => notRun.inc({ reason }, count))
  events.on('lease_lost', () => leasesLost.inc())
  events.on('runs_rescued', ({ count }) => rescued.inc(count))
  events.on('pass_failed', ({ loop }) => storeErrors.inc({ op: loop }))
  events.on('operation_failed', ({ operation }) => storeErrors.inc({ op: operation }))

  addStatusGauges(registry, status)
}

function addStatusGauges(registry: Registry, status: Scheduler['status']): void {
  const gauge = (name: string, help: string, read: () => number): void => {
    const metric = new Gauge({
      name,
      help,
      registers: [],
      collect() {
        this.set(read())
      }
    })
    registry.registerMetric(metric)
  }
  gauge('scheduler_runs_in_flight', 'Runs going on in this process.', () => status().runsInFlight)
  gauge('scheduler_run_slots', 'Runs this process may have going on.', () => status().runSlots)
  gauge(
    'scheduler_last_pass_timestamp_seconds',
    'When this process last looked for due jobs.',
    () => (status().lastPassAt ?? 0) / 1_000
  )
  const build = new Gauge({
    name: 'scheduler_build_info',
    help: 'The version that runs.',
    labelNames: ['version'],
    registers: [registry]
  })
  build.set({ version }, 1)
}
