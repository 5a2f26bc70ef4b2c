/** A client of a service, without dependencies: for Node and for browsers. */
export { createClient, type Client } from './src/client/client.ts'
export type {
  ClientOptions,
  JobsQuery,
  RunsQuery,
  ServiceHealth
} from './src/client/core-client.ts'
export { ConnectionError, ProblemError, type Problem } from './src/client/errors.ts'
export type { EventsRequest } from './src/client/event-stream.ts'
export type { ClientKeys } from './src/client/keys.ts'
export type { Page, Pages } from './src/client/pages.ts'
export type { SystemCalls } from './src/client/system.ts'
export type { CallOptions } from './src/client/transport.ts'
export type { Access } from './src/domain/access.ts'
export type { Activity } from './src/domain/activity.ts'
export type { ApiKey, CreatedApiKey, NewApiKey, Scope } from './src/domain/api-key.ts'
export type { CrontabLine, CrontabReport, CrontabRequest } from './src/domain/crontab-report.ts'
export type { FeedEvent, FeedTopic } from './src/domain/feed-event.ts'
export type { Job, JobInput, JobPatch } from './src/domain/job.ts'
export type { Manifest, ManifestReport } from './src/domain/manifest.ts'
export type { RunLog, RunLogLine, RunLogPage } from './src/domain/run-log.ts'
export type { RunNeighbours } from './src/domain/run-neighbours.ts'
export type { Run } from './src/domain/run.ts'
export type { RunHour } from './src/domain/run-hours.ts'
export type { SentRequest } from './src/domain/sent-request.ts'
export type { TargetTest, TargetTestRequest } from './src/domain/target-test.ts'
export type { PauseScheduling, Scheduling } from './src/domain/scheduling.ts'
export type { Pruned, System } from './src/domain/system.ts'
