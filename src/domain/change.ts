import { Type, type Static } from '@sinclair/typebox'
import { nullable, words } from './schema.ts'

/** What can be done to a job. */
export const CHANGE_ACTIONS = [
  'created',
  'updated',
  'paused',
  'resumed',
  'skipped',
  'deleted'
] as const
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

/** What was done to a job, when and by whom. */
export const Change = Type.Object(
  {
    id: Type.Integer({ description: 'Rises with every change of any job.' }),
    job_id: Type.Integer(),
    at: Type.String(),
    action: words(CHANGE_ACTIONS),
    actor: nullable(Type.String({ description: 'Who did it; null when nobody had to say.' })),
    version: Type.Integer({ description: 'The version of the job after the change.' }),
    detail: Type.Unknown({
      description:
        'What was changed: for an update {field: {before, after}}, else what was asked for.'
    })
  },
  { $id: 'Change' }
)
export type Change = Static<typeof Change>
