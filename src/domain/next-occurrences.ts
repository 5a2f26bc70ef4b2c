import { Type, type Static } from '@sinclair/typebox'
import { JOB_STATES } from './job.ts'
import { nullable, words } from './schema.ts'
import { Upcoming } from './upcoming.ts'

/** When a stored job runs next. */
export const NextOccurrences = Type.Object(
  {
    state: words(JOB_STATES),
    reason: nullable(Type.String({ description: 'Why there is nothing to come; else null.' })),
    next: Type.Array(Upcoming)
  },
  { $id: 'NextOccurrences' }
)
export type NextOccurrences = Static<typeof NextOccurrences>
