import { Counter, Gauge, type Registry } from '@prometheus-io/client'
import type { Clock } from '../domain/clock.ts'
import { JOB_STATES } from '../domain/job.ts'
import type { Scheduler } from '../scheduler.ts'
import type { Db } from '../store/db.ts'
import {
  countJobStates,
  findBacklog,
  listObservedJobs,
  listUnfinishedJobs
} from '../store/observe.ts'
import { findPause } from '../store/pause.ts'

/** A backlog larger than this is shown as this. */
const MAX_BACKLOG = 100_000

export interface JobMetricsParts {
  registry: Registry
  db: Db
  clock: Clock
  scheduler: Scheduler
  /** Jobs that have series of their own; the first ones by id. */
  jobLimit: number
}

export interface JobMetrics {
  /** Brings what is kept in the database up to date; to be called before a scrape. */
  refresh(): Promise<void>
  /** Takes out the series of the jobs whose last run had ended before the refresh, and was shown. */
  release(): void
}

/** Metrics of single jobs, as many as are allowed, and of what waits in the database. */
export function createJobMetrics(parts: JobMetricsParts): JobMetrics {
  const { db, clock, jobLimit } = parts
  const counters = createCounters(parts.registry)
  const gauges = createGauges(parts.registry)
  const tracked = new Set<number>()
  const finished = new Set<number>()
  let shownLast: readonly number[] = []

  const track = (id: number): void => {
    if (tracked.has(id) || tracked.size >= jobLimit) return
    tracked.add(id)
    for (const counter of counters.all) counter.inc({ job_id: id }, 0)
  }
  const untrack = (id: number): void => {
    if (!tracked.delete(id)) return
    finished.delete(id)
    for (const series of [...counters.all, ...gauges.perJob]) series.remove({ job_id: id })
  }

  const { events } = parts.scheduler
  events.on('job_created', ({ job }) => track(job.id))
  events.on('job_deleted', ({ id }) => untrack(id))
  // Another replica may have created the job since the last scrape: its very first run counts.
  events.on('runs_started', ({ runs }) => {
    for (const run of runs) track(run.job_id)
  })
  events.on('jobs_finished', ({ ids }) => {
    for (const id of ids) if (tracked.has(id)) finished.add(id)
  })
  events.on('job_updated', ({ job }) => {
    if (job.state === 'finished') return
    finished.delete(job.id)
    track(job.id)
  })
  events.on('runs_settled', ({ runs }) => {
    for (const { run, state } of runs) {
      if (!tracked.has(run.job_id)) continue
      if (state === 'succeeded') counters.successes.inc({ job_id: run.job_id })
      if (state === 'failed') counters.failures.inc({ job_id: run.job_id })
    }
  })

  const refreshJobs = async (): Promise<void> => {
    for (const gauge of gauges.perJob) gauge.reset()
    const observed = await listObservedJobs(db, jobLimit)
    followOthers(new Set(observed.map((job) => job.id)))
    for (const job of observed) {
      track(job.id)
      if (!tracked.has(job.id)) continue
      const labels = { job_id: job.id }
      if (job.next_run_at !== null) gauges.nextRun.set(labels, job.next_run_at / 1_000)
      if (job.last_success_at !== null) gauges.lastSuccess.set(labels, job.last_success_at / 1_000)
      gauges.failures.set(labels, job.consecutive_failures)
    }
  }

  /** Jobs that another replica deleted, let finish or set going again. */
  const followOthers = (observed: ReadonlySet<number>): void => {
    for (const id of tracked) {
      if (observed.has(id)) finished.delete(id)
      else finished.add(id)
    }
  }

  const refreshBacklog = async (): Promise<void> => {
    const now = clock.now()
    const backlog = await findBacklog(db, now, MAX_BACKLOG)
    gauges.due.set(backlog.count)
    const isPaused = (await findPause(db)) !== null
    gauges.paused.set(isPaused ? 1 : 0)
    // What is due during a pause is not late: nobody is to be called for it.
    const oldest = isPaused ? null : backlog.oldest_due_at
    gauges.oldestDue.set(oldest === null ? 0 : (now - oldest) / 1_000)
    for (const state of JOB_STATES) gauges.jobs.set({ state }, 0)
    for (const { state, count } of await countJobStates(db)) gauges.jobs.set({ state }, count)
  }

  /** Asked before the text is made: a run that ends while it is made is for the next one to show. */
  const refreshFinished = async (): Promise<void> => {
    const unfinished = new Set(await listUnfinishedJobs(db, [...finished]))
    shownLast = [...finished].filter((id) => !unfinished.has(id))
  }

  return {
    refresh: async () => {
      await refreshFinished()
      await refreshJobs()
      await refreshBacklog()
    },
    release: () => {
      for (const id of shownLast) if (finished.has(id)) untrack(id)
    }
  }
}

function createCounters(registry: Registry) {
  const counter = (name: string, help: string) =>
    new Counter({ name, help, labelNames: ['job_id'], registers: [registry] })
  const successes = counter('scheduler_successes', 'Runs of a job that succeeded.')
  const failures = counter('scheduler_failures', 'Runs of a job that failed.')
  return { successes, failures, all: [successes, failures] }
}

function createGauges(registry: Registry) {
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const perJob = (name: string, help: string) => gauge(`scheduler_job_${name}`, help, ['job_id'])
  const nextRun = perJob('next_run_timestamp_seconds', 'When a job runs next.')
  const lastSuccess = perJob('last_success_timestamp_seconds', 'When a job last succeeded.')
  const failures = perJob('consecutive_failures', 'Failures of a job since its last success.')
  return {
    nextRun,
    lastSuccess,
    failures,
    perJob: [nextRun, lastSuccess, failures],
    jobs: gauge('scheduler_jobs', 'Jobs by state.', ['state']),
    paused: gauge('scheduler_paused', 'Whether all scheduling is paused, 1 or 0.'),
    due: gauge('scheduler_runs_due', 'Runs that are due and have not started.'),
    oldestDue: gauge(
      'scheduler_oldest_due_age_seconds',
      'How long the longest of them is due; 0 during a pause.'
    )
  }
}
