import { Type, type Static } from '@sinclair/typebox'
import { Change } from './change.ts'
import { Job } from './job.ts'
import { Run } from './run.ts'
import { SchedulingEvent } from './scheduling.ts'
import { nullable, words } from './schema.ts'

/** What can be listened to. */
export const FEED_TOPICS = [
  'jobs',
  'runs',
  'stats',
  'replicas',
  'scheduling',
  'changes',
  'output'
] as const
export type FeedTopic = (typeof FEED_TOPICS)[number]

/** The topics of whoever does not name any. */
export const DEFAULT_FEED_TOPICS: readonly FeedTopic[] = ['jobs', 'runs', 'stats']

/** A job as events show it: without its params, which may be large. */
export const FeedJob = Type.Omit(Job, ['params'])
export type FeedJob = Static<typeof FeedJob>

/** A run as events show it: without its result and its earlier attempts. */
export const FeedRun = Type.Pick(Run, [
  'id',
  'job_id',
  'scheduled_for',
  'cause',
  'state',
  'reason',
  'attempt',
  'started_at',
  'finished_at',
  'error'
])
export type FeedRun = Static<typeof FeedRun>

/** The first event of every stream. */
export const HelloEvent = Type.Object({
  server_time: Type.String({ description: 'The clock of the server, RFC 3339.' }),
  version: Type.String({ description: 'Of the server.' }),
  resume: Type.Boolean({ description: 'What was missed since `Last-Event-ID` follows.' })
})

/** Some events are gone. */
export const ResyncEvent = Type.Object({
  reason: words(['gap', 'flood'], {
    description: '`gap`: too long ago, or the server was started anew; `flood`: too many at once.'
  })
})

/** What can happen to a job, the strongest last: of several within a moment, it is told. */
export const JOB_FEED_CHANGES = ['moved', 'updated', 'created', 'deleted'] as const
export type JobFeedChange = (typeof JOB_FEED_CHANGES)[number]

/** Something about a job is no longer what it was. */
export const JobEvent = Type.Object({
  id: Type.Integer(),
  change: words(JOB_FEED_CHANGES, {
    description: '`moved`: what the server keeps of it, such as `next_run_at`.'
  }),
  version: nullable(Type.Integer({ description: 'Of the job; null when it is deleted.' })),
  job: nullable(FeedJob)
})

/** Numbers about everything, at most one event a second, and only when they have changed. */
export const StatsEvent = Type.Object({
  running: Type.Integer({ description: 'Runs going on, in all replicas; counted up to 1,000.' }),
  due: Type.Integer({ description: 'What is due and waits; counted up to 1,000 a priority.' }),
  slots: Type.Integer({ description: 'Runs that this replica may have going on.' }),
  slots_used: Type.Integer({ description: 'Runs that it has going on.' })
})
export type StatsEvent = Static<typeof StatsEvent>

/** A replica came or went. */
export const ReplicaEvent = Type.Object({
  id: Type.Integer(),
  change: words(['joined', 'left']),
  name: Type.String({ description: 'Its host and process.' }),
  version: Type.String(),
  started_at: Type.String()
})

/** The most characters of the output of a run that one event has. */
export const MAX_OUTPUT_CHARACTERS = 16_384

/** What a run wrote. */
export const RunOutputEvent = Type.Object({
  run_id: Type.Integer(),
  job_id: Type.Integer(),
  stream: words(['stdout', 'stderr']),
  text: Type.String(),
  truncated: Type.Boolean({ description: 'There was more in front of this text.' })
})
export type RunOutputEvent = Static<typeof RunOutputEvent>

/** Every event of the stream: its name, and the schema of its data. */
export const FeedEvents = {
  hello: HelloEvent,
  resync: ResyncEvent,
  job: JobEvent,
  run: FeedRun,
  stats: StatsEvent,
  replica: ReplicaEvent,
  scheduling: SchedulingEvent,
  change: Change,
  run_output: RunOutputEvent
}
export type FeedEventName = keyof typeof FeedEvents

/** An event of the stream. */
export type FeedEvent = {
  [Name in FeedEventName]: { name: Name; data: Static<(typeof FeedEvents)[Name]> }
}[FeedEventName]
