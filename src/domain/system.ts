import { Type, type Static } from '@sinclair/typebox'
import { Scheduling } from './scheduling.ts'
import { nullable, words } from './schema.ts'

/** An option in force, as it may be shown. */
export const ShownOption = Type.Object({
  name: Type.String(),
  value: Type.Unknown({ description: 'Secrets are hidden; durations are milliseconds.' }),
  source: Type.String({ description: 'The flag or variable that set it, `option`, or `default`.' })
})
export type ShownOption = Static<typeof ShownOption>

/** The cache of a process. */
export const CacheNumbers = Type.Object({
  size: Type.Integer({ description: 'Jobs that it holds.' }),
  max: Type.Integer({ description: 'The most that it may hold; 0 when it is turned off.' }),
  hits: Type.Integer(),
  misses: Type.Integer(),
  hit_rate: nullable(Type.Number({ description: 'Of 1; null before the first read.' }))
})
export type CacheNumbers = Static<typeof CacheNumbers>

/** A replica that is there, or was within the last hour. */
export const SystemReplica = Type.Object({
  id: Type.Integer({ description: 'Of one start of a process; never used again.' }),
  name: Type.String({ description: 'Its host and process.' }),
  host: Type.String(),
  pid: Type.Integer(),
  version: Type.String(),
  state: words(['live', 'expired', 'stopped'], {
    description:
      '`expired`: its lease is over, and nobody has taken its runs back yet; `stopped`: it ended, or was found dead.'
  }),
  started_at: Type.String(),
  expires_at: nullable(Type.String({ description: 'The end of its lease; null once stopped.' })),
  stopped_at: nullable(Type.String()),
  passed_at: nullable(
    Type.String({
      description: 'When it last looked for what is due, as of its last heartbeat.'
    })
  ),
  running: Type.Integer({ description: 'Runs that it holds.' }),
  slots: nullable(
    Type.Integer({ description: 'Runs that it may hold; null if it is too old to say.' })
  ),
  this: Type.Boolean({ description: 'Whether it is the process that answers.' })
})
export type SystemReplica = Static<typeof SystemReplica>

/** How a service is. What is counted is so up to a bound, which its description names. */
export const System = Type.Object(
  {
    version: Type.String({ description: 'Of the process that answers.' }),
    node: Type.String({ description: 'The version of Node that it runs on.' }),
    started_at: Type.String({ description: 'When it was started.' }),
    now: Type.String({ description: 'By the clock that everything goes by.' }),
    scheduling: Scheduling,
    replicas: Type.Array(SystemReplica, {
      description: 'Those that are there, and that ended within the last hour; at most 200.'
    }),
    store: Type.Object({
      kind: words(['sqlite', 'postgres', 'mysql']),
      version: Type.String({ description: 'Such as "PostgreSQL 15.8".' }),
      size_bytes: nullable(
        Type.Integer({ description: 'Of our tables and indexes; null where it cannot be told.' })
      ),
      latency_ms: Type.Number({ description: 'Of one small question, there and back.' }),
      clock_offset_ms: Type.Integer({
        description: 'How far the clock of this machine is ahead of the one in force.'
      })
    }),
    backlog: Type.Object({
      due: Type.Integer({
        description: 'What is due and has not been started; counted up to 1,000 a priority.'
      }),
      oldest_due_age_ms: nullable(Type.Integer({ description: 'Null when nothing is due.' })),
      running: Type.Integer({ description: 'Runs going on; counted up to 10,000.' }),
      pending: Type.Integer({
        description: 'Runs that wait, for whatever; counted up to 10,000 a priority.'
      })
    }),
    cache: nullable(CacheNumbers),
    retention: Type.Object({
      age: Type.String({ description: 'How long records are kept, a duration.' }),
      count: Type.Integer({ description: 'How many runs are kept of each job.' })
    }),
    config: Type.Array(ShownOption)
  },
  { $id: 'System' }
)
export type System = Static<typeof System>

/** What was past retention and is gone. */
export const Pruned = Type.Object(
  {
    runs: Type.Integer({ description: 'Runs that were deleted.' }),
    changes: Type.Integer({ description: 'Entries of the log of changes that were deleted.' }),
    more: Type.Boolean({ description: 'Whether there is more of it: ask again.' })
  },
  { $id: 'Pruned' }
)
export type Pruned = Static<typeof Pruned>
