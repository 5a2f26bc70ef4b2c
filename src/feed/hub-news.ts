import type { FeedRun } from '../domain/feed-event.ts'
import { formatInstant } from '../domain/instant.ts'
import type { EventHub, RunFacts, SettledRun } from '../engine/events.ts'
import type { Gathering } from './gathering.ts'
import type { RunMarks } from './run-marks.ts'

export interface HubNewsParts {
  events: EventHub
  gathering: Gathering
  marks: RunMarks
  /** Whether anybody listens to the output of a run. */
  hasOutputListener(runId: number): boolean
  /** Something was gathered. */
  onNews(): void
  /** Something happened that only the store knows in full. */
  onLookWanted(): void
  /** Something happened to the service itself. */
  onFullLookWanted(): void
}

/** Gathers what this replica announces. @returns what ends it */
export function gatherHubNews(parts: HubNewsParts): () => void {
  const { events, gathering, marks, onNews, onLookWanted } = parts
  const addRun = (run: FeedRun): void => {
    marks.note(run)
    gathering.addRun(run)
    onNews()
  }
  const addJob: Gathering['addJob'] = (id, change) => {
    gathering.addJob(id, change)
    onNews()
  }
  const subscriptions = [
    events.on('job_created', ({ job }) => addJob(job.id, 'created')),
    events.on('job_updated', ({ job }) => addJob(job.id, 'updated')),
    events.on('job_deleted', ({ id }) => addJob(id, 'deleted')),
    events.on('jobs_moved', ({ ids }) => {
      for (const id of ids) addJob(id, 'moved')
    }),
    events.on('runs_started', ({ runs }) => {
      for (const run of runs) addRun(startedRun(run))
    }),
    events.on('runs_settled', ({ runs }) => {
      for (const run of runs) addRun(settledRun(run))
    }),
    events.on('scheduling_changed', parts.onFullLookWanted),
    events.on('runs_waiting', onLookWanted),
    events.on('occurrences_not_run', onLookWanted),
    events.on('notice_received', ({ jobs }) => {
      for (const id of jobs ?? []) gathering.addJob(id, 'moved')
      onLookWanted()
    }),
    events.on('run_output', ({ run, stream, text }) => {
      if (!parts.hasOutputListener(run.id)) return
      gathering.addOutput({ run_id: run.id, job_id: run.job_id, stream, text, truncated: false })
      onNews()
    })
  ]
  return () => {
    for (const unsubscribe of subscriptions) unsubscribe()
  }
}

function startedRun(run: RunFacts): FeedRun {
  return {
    id: run.id,
    job_id: run.job_id,
    scheduled_for: formatInstant(run.scheduled_for),
    cause: run.cause,
    state: 'running',
    reason: null,
    attempt: run.attempt,
    started_at: formatInstant(run.started_at),
    finished_at: null,
    error: null
  }
}

function settledRun({ run, state, reason, finished_at: finishedAt, error }: SettledRun): FeedRun {
  return { ...startedRun(run), state, reason, finished_at: formatInstant(finishedAt), error }
}
