import type { Generated } from 'kysely'
import type { JobState } from '../domain/job.ts'
import type { AttemptOutcome } from '../domain/outcome.ts'
import type { RunCause, RunState } from '../domain/run.ts'
import type { RunEnd } from '../domain/run-hours.ts'
import type { TargetType } from '../domain/target.ts'

/** A row of `carillon_jobs`. Instants are epoch milliseconds. */
export interface JobTable {
  id: Generated<number>
  version: number
  name: string
  target: TargetType
  /** JSON of what the client sent, a `JobInput`. */
  definition: string
  /** Of the definition, for its unique index. */
  job_key: Generated<string | null>
  /** Of the definition, for the index of what is due. */
  priority: Generated<number>
  state: JobState
  pause_reason: string | null
  paused_at: number | null
  /** A paused job goes on by itself at this instant. */
  paused_until: Generated<number | null>
  /** Occurrences still to be skipped by request. */
  skip_next: Generated<number>
  /** Occurrences that became runs. */
  scheduled_runs: Generated<number>
  next_run_at: number | null
  last_run_at: number | null
  last_outcome: AttemptOutcome | null
  last_success_at: number | null
  consecutive_failures: Generated<number>
  created_at: number
  updated_at: number
}

export interface JobTagTable {
  tag: string
  job_id: number
}

/** Definitions that were replaced or deleted, for the runs that still work on them. */
export interface JobVersionTable {
  job_id: number
  version: number
  definition: string
  replaced_at: number
}

/** A row of `carillon_runs`; `migrations/0001` and `0011` say what each index answers. */
export interface RunTable {
  id: Generated<number>
  job_id: number
  job_version: number
  scheduled_for: number
  seq: number
  cause: RunCause
  state: RunState
  reason: string | null
  /** Attempts so far; raised by every claim, so it is the fencing token too. */
  attempt: number
  /** The replica that holds it while it runs. */
  owner: number | null
  /** The replica that ran it last. */
  replica: number | null
  available_at: number | null
  active_key: number | null
  queue_key: number | null
  cancel_requested_at: number | null
  cancel_reason: Generated<string | null>
  /** Of the definition it works on. */
  priority: Generated<number>
  handler: string | null
  params: string | null
  range_to: number | null
  occurrences: number
  /** How much later than its occurrence it was to start. */
  delay_ms: Generated<number>
  queued_at: number
  started_at: number | null
  finished_at: number | null
  result: string | null
  error: string | null
  /** JSON of the attempts before the last. */
  attempts: string | null
}

/** The last lines that the handler of an attempt logged. */
export interface RunLogTable {
  run_id: number
  attempt: number
  /** The number of the last of them. */
  last_line: number
  /** JSON of the lines. */
  lines: string
}

/** What was done to a job, when and by whom. */
export interface ChangeTable {
  id: Generated<number>
  job_id: number
  at: number
  action: string
  actor: string | null
  /** Where it was asked for from, such as an IP address. */
  address: Generated<string | null>
  version: number
  /** JSON of what was changed, field by field. */
  detail: string | null
}

export interface SettingTable {
  name: string
  value: string
}

export interface ReplicaTable {
  id: Generated<number>
  name: string
  host: string
  pid: number
  version: string
  started_at: number
  expires_at: number | null
  stopped_at: number | null
  signals: Generated<number>
  /** Runs that it may carry out at once; null where its version does not say. */
  slots: Generated<number | null>
  /** When it last looked for what is due, as of its last heartbeat. */
  passed_at: Generated<number | null>
}

/** Keys of transactions whose commit may have to be asked for. */
export interface CommitTable {
  id: string
  committed_at: Generated<number>
}

/** Requests that carried a key, by a digest of it. */
export interface RequestTable {
  id: string
  /** Digest of what was asked for. */
  fingerprint: string
  received_at: number
  /** JSON of a `StoredAnswer`; null until it is known, which nobody else sees. */
  answer: string | null
}

/** What became of occurrences, by the hour in which they were due. */
export interface RunCountTable {
  /** When it began. */
  hour: number
  /** Who counted: 0 for nobody, less for a transaction of an application. */
  replica: number
  outcome: RunEnd
  occurrences: number
}

/** API keys; what is over stays, so that it is known that there ever was one. */
export interface KeyTable {
  id: Generated<number>
  name: string
  /** Words, separated by commas. */
  scopes: string
  /** SHA-256 of the secret, hexadecimal. */
  digest: string
  created_at: number
  created_by: string | null
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
}

export interface Tables {
  carillon_jobs: JobTable
  carillon_job_tags: JobTagTable
  carillon_job_versions: JobVersionTable
  carillon_runs: RunTable
  carillon_run_logs: RunLogTable
  carillon_replicas: ReplicaTable
  carillon_changes: ChangeTable
  carillon_settings: SettingTable
  carillon_commits: CommitTable
  carillon_requests: RequestTable
  carillon_keys: KeyTable
  carillon_run_counts: RunCountTable
}
