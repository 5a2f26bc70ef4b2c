TABLE carillon_changes (
  id bigint not null identity,
  job_id bigint not null,
  at bigint not null,
  action text not null,
  actor text,
  version integer not null,
  detail text,
  address text
);
CREATE INDEX carillon_changes_job ON carillon_changes USING btree (job_id, id);
CREATE UNIQUE INDEX carillon_changes_pkey ON carillon_changes USING btree (id);
TABLE carillon_commits (
  id character (36) not null,
  committed_at bigint not null default floor((EXTRACT(epoch FROM clock_timestamp()) * (1000)::numeric))
);
CREATE UNIQUE INDEX carillon_commits_pkey ON carillon_commits USING btree (id);
TABLE carillon_job_tags (
  tag text not null,
  job_id bigint not null
);
CREATE INDEX carillon_job_tags_job ON carillon_job_tags USING btree (job_id);
CREATE UNIQUE INDEX carillon_job_tags_pk ON carillon_job_tags USING btree (tag, job_id);
TABLE carillon_job_versions (
  job_id bigint not null,
  version integer not null,
  definition text not null,
  replaced_at bigint not null
);
CREATE UNIQUE INDEX carillon_job_versions_pk ON carillon_job_versions USING btree (job_id, version);
TABLE carillon_jobs (
  id bigint not null identity,
  version integer not null,
  name text not null,
  target text not null,
  definition text not null,
  state text not null,
  pause_reason text,
  paused_at bigint,
  next_run_at bigint,
  last_run_at bigint,
  last_outcome text,
  last_success_at bigint,
  consecutive_failures integer not null default 0,
  created_at bigint not null,
  updated_at bigint not null,
  scheduled_runs integer not null default 0,
  paused_until bigint,
  skip_next integer not null default 0,
  priority integer not null default 0,
  job_key text
);
CREATE INDEX carillon_jobs_due ON carillon_jobs USING btree (priority, next_run_at) WHERE (next_run_at IS NOT NULL);
CREATE UNIQUE INDEX carillon_jobs_key ON carillon_jobs USING btree (job_key) WHERE (job_key IS NOT NULL);
CREATE UNIQUE INDEX carillon_jobs_pkey ON carillon_jobs USING btree (id);
CREATE INDEX carillon_jobs_state ON carillon_jobs USING btree (state, id);
TABLE carillon_keys (
  id bigint not null identity,
  name text not null,
  scopes text not null,
  digest character (64) not null,
  created_at bigint not null,
  created_by text,
  expires_at bigint,
  last_used_at bigint,
  revoked_at bigint
);
CREATE UNIQUE INDEX carillon_keys_pkey ON carillon_keys USING btree (id);
TABLE carillon_replicas (
  id bigint not null identity,
  name text not null,
  host text not null,
  pid integer not null,
  version text not null,
  started_at bigint not null,
  expires_at bigint,
  stopped_at bigint,
  signals integer not null default 0,
  slots integer,
  passed_at bigint
);
CREATE INDEX carillon_replicas_live ON carillon_replicas USING btree (id) WHERE (expires_at IS NOT NULL);
CREATE UNIQUE INDEX carillon_replicas_pkey ON carillon_replicas USING btree (id);
TABLE carillon_requests (
  id character (64) not null,
  fingerprint character (64) not null,
  received_at bigint not null,
  answer text
);
CREATE UNIQUE INDEX carillon_requests_pkey ON carillon_requests USING btree (id);
CREATE INDEX carillon_requests_received ON carillon_requests USING btree (received_at);
TABLE carillon_run_counts (
  hour bigint not null,
  replica bigint not null,
  outcome text not null,
  occurrences bigint not null
);
CREATE UNIQUE INDEX carillon_run_counts_pk ON carillon_run_counts USING btree (hour, replica, outcome);
TABLE carillon_run_logs (
  run_id bigint not null,
  attempt integer not null,
  last_line integer not null,
  lines text not null
);
CREATE UNIQUE INDEX carillon_run_logs_pk ON carillon_run_logs USING btree (run_id, attempt);
TABLE carillon_runs (
  id bigint not null identity,
  job_id bigint not null,
  job_version integer not null,
  scheduled_for bigint not null,
  seq integer not null,
  cause text not null,
  state text not null,
  reason text,
  attempt integer not null,
  owner bigint,
  replica bigint,
  available_at bigint,
  active_key bigint,
  queue_key bigint,
  cancel_requested_at bigint,
  handler text,
  params text,
  range_to bigint,
  occurrences integer not null,
  queued_at bigint not null,
  started_at bigint,
  finished_at bigint,
  result text,
  error text,
  attempts text,
  delay_ms bigint not null default 0,
  priority integer not null default 0,
  cancel_reason text
);
CREATE UNIQUE INDEX carillon_runs_active ON carillon_runs USING btree (active_key) WHERE (active_key IS NOT NULL);
CREATE INDEX carillon_runs_available ON carillon_runs USING btree (priority, available_at, id) WHERE (available_at IS NOT NULL);
CREATE INDEX carillon_runs_caused ON carillon_runs USING btree (cause, scheduled_for, id) WHERE (cause = ANY (ARRAY['manual'::text, 'catch_up'::text, 'backfill'::text]));
CREATE UNIQUE INDEX carillon_runs_occurrence ON carillon_runs USING btree (job_id, scheduled_for, seq);
CREATE INDEX carillon_runs_owned ON carillon_runs USING btree (owner, job_id) WHERE (owner IS NOT NULL);
CREATE UNIQUE INDEX carillon_runs_pkey ON carillon_runs USING btree (id);
CREATE INDEX carillon_runs_queued ON carillon_runs USING btree (queue_key, id) WHERE (queue_key IS NOT NULL);
CREATE INDEX carillon_runs_scheduled ON carillon_runs USING btree (scheduled_for, id);
CREATE INDEX carillon_runs_troubled ON carillon_runs USING btree (state, scheduled_for, id) WHERE (state = ANY (ARRAY['failed'::text, 'cancelled'::text, 'skipped'::text, 'missed'::text]));
TABLE carillon_settings (
  name text not null,
  value text not null
);
CREATE UNIQUE INDEX carillon_settings_pkey ON carillon_settings USING btree (name);
