import { Type, type Static } from '@sinclair/typebox'
import { Run } from './run.ts'
import { nullable, words } from './schema.ts'

/** What became of an instant in the life of a job. */
export const EXPLAINED_OUTCOMES = [
  'succeeded',
  'failed',
  'cancelled',
  'running',
  'pending',
  'skipped',
  'missed',
  'paused',
  'before_creation',
  'before_start',
  'after_end',
  'finished',
  'deleted',
  'edited',
  'not_an_occurrence',
  'planned',
  'forgotten'
] as const
export type ExplainedOutcome = (typeof EXPLAINED_OUTCOMES)[number]

/** Why a job ran at an instant, or did not. */
export const Explanation = Type.Object(
  {
    at: Type.String(),
    occurrence: Type.Boolean({
      description:
        'Whether the job was to run at this instant, by the definition in force then, or the oldest one still known.'
    }),
    outcome: words(EXPLAINED_OUTCOMES),
    sentence: Type.String({ description: 'What happened and why, for people.' }),
    run: Type.Optional(Run),
    previous: nullable(Type.String({ description: 'The occurrence before this instant.' })),
    next: nullable(Type.String({ description: 'The occurrence after this instant.' }))
  },
  { $id: 'Explanation' }
)
export type Explanation = Static<typeof Explanation>
