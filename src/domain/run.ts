import { Type, type Static } from '@sinclair/typebox'
import { AttemptResponse } from './http-response.ts'
import { nullable, words } from './schema.ts'

export const RUN_STATES = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
  'missed'
] as const
export type RunState = (typeof RUN_STATES)[number]

export const RUN_CAUSES = ['schedule', 'manual', 'catch_up', 'backfill'] as const
export type RunCause = (typeof RUN_CAUSES)[number]

/**
 * What keeps runs of one job and one instant apart: the planned occurrence has 0, a backfill of it
 * has 1, and so is run once however often it is asked for; runs by hand have numbers of their own.
 */
export const BACKFILL_SEQ = 1
export const FIRST_MANUAL_SEQ = 2

/** The reason of a run that was asked for while scheduling was paused, and waits for its end. */
export const SCHEDULING_PAUSED = 'scheduling_paused'

const RunErrorSchema = Type.Object({ code: Type.String(), message: Type.String() })

/** One try of a run. */
export const Attempt = Type.Object({
  attempt: Type.Integer(),
  started_at: Type.String(),
  finished_at: nullable(Type.String()),
  outcome: nullable(words(['succeeded', 'failed', 'cancelled', 'crashed', 'interrupted'])),
  replica: nullable(Type.String()),
  error: nullable(RunErrorSchema),
  response: nullable(AttemptResponse)
})
export type Attempt = Static<typeof Attempt>

/** A run: the record of one occurrence, or of a run by hand. */
export const Run = Type.Object(
  {
    id: Type.Integer(),
    job_id: Type.Integer(),
    job_version: Type.Integer(),
    scheduled_for: Type.String(),
    cause: words(RUN_CAUSES),
    state: words(RUN_STATES),
    reason: nullable(
      Type.String({ description: 'Why it is in this state, where that needs one.' })
    ),
    from: nullable(Type.String({ description: 'First occurrence of a range of missed ones.' })),
    to: nullable(Type.String({ description: 'Last occurrence of a range of missed ones.' })),
    count: Type.Integer({ description: 'Occurrences this record stands for.' }),
    attempt: Type.Integer({ description: 'Attempts so far; 0 when it never started.' }),
    fencing_token: Type.Integer({ description: 'Rises with every claim of this run.' }),
    queued_at: Type.String(),
    available_at: nullable(Type.String({ description: 'A pending run starts no earlier.' })),
    started_at: nullable(Type.String()),
    finished_at: nullable(Type.String()),
    lateness_ms: nullable(Type.Integer({ description: 'From scheduled_for to the first start.' })),
    duration_ms: nullable(Type.Integer({ description: 'Of the last attempt.' })),
    replica: nullable(Type.String()),
    result: Type.Unknown(),
    error: nullable(RunErrorSchema),
    attempts: Type.Array(Attempt)
  },
  { $id: 'Run' }
)
export type Run = Static<typeof Run>
