import { Type, type Static } from '@sinclair/typebox'
import { MISFIRE_POLICIES } from './misfire.ts'
import { OVERLAP_POLICIES } from './overlap.ts'
import { ATTEMPT_OUTCOMES } from './outcome.ts'
import { nullable, ONE_LINE, words } from './schema.ts'
import { Target } from './target.ts'

const Duration = (options: object = {}) =>
  Type.String({ maxLength: 40, examples: ['30s', '1h30m', '7d'], ...options })
const Instant = (options: object = {}) =>
  Type.String({ maxLength: 40, examples: ['2026-01-31T09:00:00Z'], ...options })

export const JOB_STATES = ['enabled', 'paused', 'finished'] as const
export type JobState = (typeof JOB_STATES)[number]

export const MAX_NAME_LENGTH = 200
export const MAX_PARAMS_BYTES = 65_536

const RetryFields = {
  max_attempts: Type.Integer({ minimum: 1, maximum: 100 }),
  backoff: words(['exponential', 'fixed']),
  initial: Duration(),
  max: Duration(),
  max_age: nullable(Duration())
}

const DstFields = {
  gap: words(['shift', 'skip'], { description: 'A time that a clock change leaves out.' }),
  overlap: words(['first', 'both'], { description: 'A time that a clock change repeats.' })
}

/** A stretch of time, or days: the three day fields of a cron expression. */
export const Exclusion = Type.Union([
  Type.Object({ from: Instant(), to: Instant() }, { additionalProperties: false }),
  Type.String({ minLength: 1, maxLength: 256, examples: ['25 12 *', '* * SAT,SUN'] })
])
export type Exclusion = Static<typeof Exclusion>

const SharedFields = {
  key: nullable(
    Type.String({
      ...ONE_LINE,
      minLength: 1,
      maxLength: 200,
      description: "The caller's own name of the job; no two jobs have the same."
    })
  ),
  name: Type.String({
    ...ONE_LINE,
    minLength: 1,
    maxLength: MAX_NAME_LENGTH,
    description: 'Shown to people.'
  }),
  schedule: nullable(
    Type.String({ minLength: 1, description: 'A cron expression.', examples: ['0 9 * * 1'] })
  ),
  start_date: nullable(
    Instant({ description: 'First instant (interval, one-shot) or earliest instant (cron).' })
  ),
  repeat_interval: nullable(Duration({ description: 'At least 1s.' })),
  end_date: nullable(Instant({ description: 'No occurrence is later than this.' })),
  max_runs: nullable(
    Type.Integer({
      minimum: 1,
      maximum: 1_000_000_000,
      description: 'Scheduled runs until it ends.'
    })
  ),
  timezone: Type.String({ minLength: 1, maxLength: 64, default: 'UTC', description: 'IANA zone.' }),
  exclude: Type.Array(Exclusion, {
    maxItems: 100,
    default: [],
    description: 'Occurrences inside are recorded as skipped.'
  }),
  jitter: Duration({
    default: '0s',
    description:
      'Starts are delayed by up to this, at most half a period, the same on every replica.'
  }),
  params: Type.Unknown({ description: 'Any JSON up to 64 KiB, handed to the target.' }),
  target: Target,
  overlap: words(OVERLAP_POLICIES, { default: 'skip' }),
  misfire: words(MISFIRE_POLICIES, { default: 'latest' }),
  misfire_window: nullable(
    Duration({ description: 'How late a missed occurrence may run; null: one period in 1m … 24h.' })
  ),
  misfire_limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
  timeout: Duration({ description: 'Of one attempt; 30s for http, 1h otherwise.' }),
  priority: Type.Integer({
    minimum: -100,
    maximum: 100,
    default: 0,
    description: 'The higher, the earlier its due runs start when slots are short.'
  }),
  tags: Type.Array(Type.String({ ...ONE_LINE, minLength: 1, maxLength: 100 }), {
    maxItems: 20,
    uniqueItems: true
  })
}

const { name, ...OptionalFields } = SharedFields

/** What a client sends to define a job; everything but the name has a default. */
export const JobInput = Type.Object(
  {
    name,
    ...Type.Partial(Type.Object({ ...OptionalFields })).properties,
    dst: Type.Optional(Type.Partial(Type.Object(DstFields), { additionalProperties: false })),
    retry: Type.Optional(Type.Partial(Type.Object(RetryFields), { additionalProperties: false }))
  },
  { additionalProperties: false, $id: 'JobInput' }
)
export type JobInput = Static<typeof JobInput>

/** A change of a job: a merge patch (RFC 7396) of what was sent to define it. */
export const JobPatch = Type.Partial(JobInput, { $id: 'JobPatch' })
export type JobPatch = Static<typeof JobPatch>

/** A job as the server shows it: the whole definition, defaults filled in, and where it stands. */
export const Job = Type.Object(
  {
    id: Type.Integer(),
    version: Type.Integer({ description: 'Rises by one with every change of the definition.' }),
    ...SharedFields,
    dst: Type.Object(DstFields),
    retry: Type.Object(RetryFields),
    paused: Type.Boolean(),
    pause_reason: nullable(Type.String()),
    paused_until: nullable(Instant()),
    skip_next: Type.Integer({ description: 'Occurrences still to be skipped by request.' }),
    scheduled_runs: Type.Integer({ description: 'Occurrences that became runs.' }),
    state: words(JOB_STATES),
    next_run_at: nullable(Instant()),
    last_run_at: nullable(Instant({ description: 'When the run that ended last had started.' })),
    last_outcome: nullable(words(ATTEMPT_OUTCOMES)),
    last_success_at: nullable(Instant()),
    consecutive_failures: Type.Integer(),
    running: Type.Integer({ description: 'Runs of it that are running now.' }),
    created_at: Instant(),
    updated_at: Instant()
  },
  { $id: 'Job' }
)
export type Job = Static<typeof Job>

/** The definition part of a job with its defaults: what a run works on. */
export type JobDefinition = Pick<Job, keyof typeof SharedFields | 'retry' | 'dst'>

/** Fields that only the server sets; a client that sends one is told so by name. */
export const SERVER_FIELDS: readonly string[] = Object.keys(Job.properties).filter(
  (field) => !(field in JobInput.properties)
)
