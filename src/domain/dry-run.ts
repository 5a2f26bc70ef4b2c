import { Type, type Static } from '@sinclair/typebox'
import { Job } from './job.ts'
import { Run } from './run.ts'

const Occurrences = (description: string) => Type.Array(Type.String(), { maxItems: 5, description })

/** What a write would do; nothing was written. */
export const DryRun = Type.Object(
  {
    dry_run: Type.Literal(true),
    job: Type.Optional(Job),
    run: Type.Optional(Run),
    cancelled: Type.Array(Type.Integer(), { description: 'Ids of runs that would be cancelled.' }),
    next_before: Occurrences('The next occurrences that run as things are.'),
    next_after: Occurrences('The next occurrences that would run afterwards.')
  },
  { $id: 'DryRun' }
)
export type DryRun = Static<typeof DryRun>
