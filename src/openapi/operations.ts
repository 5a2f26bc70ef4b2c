/** The groups that the description sorts operations into, in the order in which they are shown. */
export const TAGS = {
  Jobs: 'What is to run, and when.',
  Runs: 'What became of each occurrence.',
  Schedules: 'What a schedule means, and what is planned.',
  Events: 'What happens, as it happens.',
  Keys: 'Who may do what.',
  Service: 'Health, metrics, and the API itself.'
} as const
export type Tag = keyof typeof TAGS

/** What people read of an operation. */
export interface OperationText {
  tag: Tag
  summary: string
  /** Whether it needs no key. */
  open?: boolean
}

const about = (tag: Tag, summary: string): OperationText => ({ tag, summary })

const open = (tag: Tag, summary: string): OperationText => ({ tag, summary, open: true })

/** Every operation by its name, which is also what its requests are counted under. */
export const OPERATIONS: Readonly<Record<string, OperationText>> = {
  create_job: about('Jobs', 'Create a job'),
  list_jobs: about('Jobs', 'List jobs'),
  get_job: about('Jobs', 'Read a job'),
  update_job: about('Jobs', 'Change fields of a job'),
  replace_job: about('Jobs', 'Replace a job'),
  put_job: about('Jobs', 'Create or replace the job with a key'),
  delete_job: about('Jobs', 'Delete a job'),
  pause_job: about('Jobs', 'Pause a job'),
  resume_job: about('Jobs', 'Let a paused job go on'),
  skip_job: about('Jobs', 'Skip the next occurrences of a job'),
  run_job: about('Jobs', 'Run a job now'),
  backfill_job: about('Jobs', 'Run the occurrences of a stretch of the past'),
  bulk_jobs: about('Jobs', 'Do the same to many jobs'),
  apply_jobs: about('Jobs', 'Make the jobs what a manifest says'),
  import_crontab: about('Jobs', 'Turn a crontab into jobs'),
  export_jobs: about('Jobs', 'Export every job as a manifest'),
  list_job_changes: about('Jobs', 'List what was done to a job'),
  list_changes: about('Jobs', 'List what was done to all jobs'),
  explain_job: about('Jobs', 'Explain what became of an instant'),
  list_job_runs: about('Runs', 'List the runs of a job'),
  list_activity: about('Runs', 'List the last runs of many jobs'),
  list_runs: about('Runs', 'List runs'),
  get_run: about('Runs', 'Read a run'),
  list_run_hours: about('Runs', 'Count what became of the last hours'),
  get_run_request: about('Runs', 'Read the request of an attempt'),
  list_run_logs: about('Runs', 'Read what the handler of a run logged'),
  get_run_neighbours: about('Runs', 'Find the runs before and after a run'),
  cancel_run: about('Runs', 'Cancel a run'),
  retry_run: about('Runs', 'Give a run one more attempt'),
  bulk_runs: about('Runs', 'Retry or cancel many runs'),
  test_target: about('Jobs', 'Try a target that is not stored'),
  list_next: about('Schedules', 'List the next occurrences of a job'),
  preview_schedule: about('Schedules', 'Preview a schedule that is not stored'),
  forecast: about('Schedules', 'Count what is planned when'),
  follow_events: about('Events', 'Follow what happens'),
  get_access: about('Keys', 'Read what you may do'),
  create_key: about('Keys', 'Make an API key'),
  list_keys: about('Keys', 'List API keys'),
  get_key: about('Keys', 'Read an API key'),
  revoke_key: about('Keys', 'Revoke an API key'),
  get_system: about('Service', 'Read how the service is'),
  pause_scheduling: about('Service', 'Have nothing started on any replica'),
  resume_scheduling: about('Service', 'Let scheduling go on'),
  prune: about('Service', 'Delete what is past retention now'),
  livez: open('Service', 'Ask whether the process answers'),
  readyz: open('Service', 'Ask whether the service can do its work'),
  metrics: about('Service', 'Read the metrics'),
  list_problems: open('Service', 'List what error codes mean'),
  get_problem: open('Service', 'Read what an error code means'),
  get_openapi: about('Service', 'Read this description')
}
