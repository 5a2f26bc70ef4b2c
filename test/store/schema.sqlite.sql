CREATE TABLE "carillon_changes" ("id" integer primary key autoincrement,
  "job_id" integer not null,
  "at" bigint not null,
  "action" text not null,
  "actor" text,
  "version" integer not null,
  "detail" text,
  "address" text);
CREATE INDEX carillon_changes_job on carillon_changes (job_id, id);
CREATE TABLE "carillon_commits" ("id" text primary key,
  "committed_at" bigint default 0 not null);
CREATE TABLE "carillon_job_tags" ("tag" text not null,
  "job_id" integer not null,
  constraint "carillon_job_tags_pk" primary key ("tag", "job_id"));
CREATE INDEX carillon_job_tags_job on carillon_job_tags (job_id);
CREATE TABLE "carillon_job_versions" ("job_id" integer not null,
  "version" integer not null,
  "definition" text not null,
  "replaced_at" bigint not null,
  constraint "carillon_job_versions_pk" primary key ("job_id", "version"));
CREATE TABLE "carillon_jobs" ("id" integer primary key autoincrement,
  "version" integer not null,
  "name" text not null,
  "target" text not null,
  "definition" text not null,
  "state" text not null,
  "pause_reason" text,
  "paused_at" bigint,
  "next_run_at" bigint,
  "last_run_at" bigint,
  "last_outcome" text,
  "last_success_at" bigint,
  "consecutive_failures" integer default 0 not null,
  "created_at" bigint not null,
  "updated_at" bigint not null,
  "scheduled_runs" integer default 0 not null,
  "paused_until" bigint,
  "skip_next" integer default 0 not null,
  "priority" integer default 0 not null,
  "job_key" text);
CREATE INDEX carillon_jobs_due on carillon_jobs (priority, next_run_at) where next_run_at is not null;
CREATE UNIQUE INDEX carillon_jobs_key on carillon_jobs (job_key) where job_key is not null;
CREATE INDEX carillon_jobs_state on carillon_jobs (state, id);
CREATE TABLE "carillon_keys" ("id" integer primary key autoincrement,
  "name" text not null,
  "scopes" text not null,
  "digest" text not null,
  "created_at" bigint not null,
  "created_by" text,
  "expires_at" bigint,
  "last_used_at" bigint,
  "revoked_at" bigint);
CREATE TABLE "carillon_replicas" ("id" integer primary key autoincrement,
  "name" text not null,
  "host" text not null,
  "pid" integer not null,
  "version" text not null,
  "started_at" bigint not null,
  "expires_at" bigint,
  "stopped_at" bigint,
  "signals" integer default 0 not null,
  "slots" integer,
  "passed_at" bigint);
CREATE INDEX carillon_replicas_live on carillon_replicas (id) where expires_at is not null;
CREATE TABLE "carillon_requests" ("id" text primary key,
  "fingerprint" text not null,
  "received_at" bigint not null,
  "answer" text);
CREATE INDEX "carillon_requests_received" on "carillon_requests" ("received_at");
CREATE TABLE "carillon_run_counts" ("hour" bigint not null,
  "replica" bigint not null,
  "outcome" text not null,
  "occurrences" bigint not null,
  constraint "carillon_run_counts_pk" primary key ("hour", "replica", "outcome"));
CREATE TABLE "carillon_run_logs" ("run_id" integer not null,
  "attempt" integer not null,
  "last_line" integer not null,
  "lines" text not null,
  constraint "carillon_run_logs_pk" primary key ("run_id", "attempt"));
CREATE TABLE "carillon_runs" ("id" integer primary key autoincrement,
  "job_id" integer not null,
  "job_version" integer not null,
  "scheduled_for" bigint not null,
  "seq" integer not null,
  "cause" text not null,
  "state" text not null,
  "reason" text,
  "attempt" integer not null,
  "owner" integer,
  "replica" integer,
  "available_at" bigint,
  "active_key" integer,
  "queue_key" integer,
  "cancel_requested_at" bigint,
  "handler" text,
  "params" text,
  "range_to" bigint,
  "occurrences" integer not null,
  "queued_at" bigint not null,
  "started_at" bigint,
  "finished_at" bigint,
  "result" text,
  "error" text,
  "attempts" text,
  "delay_ms" integer default 0 not null,
  "priority" integer default 0 not null,
  "cancel_reason" text);
CREATE UNIQUE INDEX carillon_runs_active on carillon_runs (active_key) where active_key is not null;
CREATE INDEX carillon_runs_available on carillon_runs (priority, available_at, id) where available_at is not null;
CREATE INDEX carillon_runs_caused on carillon_runs (cause, scheduled_for, id) where cause in ('manual', 'catch_up', 'backfill');
CREATE UNIQUE INDEX carillon_runs_occurrence on carillon_runs (job_id, scheduled_for, seq);
CREATE INDEX carillon_runs_owned on carillon_runs (owner, job_id) where owner is not null;
CREATE INDEX carillon_runs_queued on carillon_runs (queue_key, id) where queue_key is not null;
CREATE INDEX carillon_runs_scheduled on carillon_runs (scheduled_for, id);
CREATE INDEX carillon_runs_troubled on carillon_runs (state, scheduled_for, id) where state in ('failed', 'cancelled', 'skipped', 'missed');
CREATE TABLE "carillon_settings" ("name" text primary key,
  "value" text not null);
