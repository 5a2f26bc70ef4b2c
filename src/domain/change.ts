import { Type, type Static } from '@sinclair/typebox'
import { nullable, words } from './schema.ts'

/** What can be done to a job, and to the scheduling of all of them. */
export const CHANGE_ACTIONS = [
  'created',
  'updated',
  'paused',
  'resumed',
  'skipped',
  'run',
  'run_cancelled',
  'run_retried',
  'backfilled',
  'deleted',
  'scheduling_paused',
  'scheduling_resumed'
] as const
export type ChangeAction = (typeof CHANGE_ACTIONS)[number]

/** Of these, what is done to runs of a job: it leaves the job as it is, and may be done often. */
export const RUN_ACTIONS = [
  'run',
  'run_cancelled',
  'run_retried',
  'backfilled'
] as const satisfies readonly ChangeAction[]

/** Whether it was done to runs of the job, and not to the job itself. */
export function isRunAction(action: ChangeAction): boolean {
  return RUN_ACTIONS.some((one) => one === action)
}

/** What was done to a job or to the scheduling of all, when and by whom. */
export const Change = Type.Object(
  {
    id: Type.Integer({ description: 'Rises with every change.' }),
    job_id: nullable(
      Type.Integer({ description: 'Null for what was done to the scheduling of all jobs.' })
    ),
    at: Type.String(),
    action: words(CHANGE_ACTIONS),
    actor: nullable(
      Type.String({
        description:
          'Who did it: `configuration` is the API key of the configuration, `scheduler` the scheduler itself; null when nobody had to say.'
      })
    ),
    address: nullable(
      Type.String({ description: 'Where the request came from; null inside of the process.' })
    ),
    version: Type.Integer({
      description: 'The version of the job after the change; 0 where it was done to no job.'
    }),
    detail: Type.Unknown({
      description:
        'What was changed: for an update {field: {before, after}}, else what was asked for.'
    })
  },
  { $id: 'Change' }
)
export type Change = Static<typeof Change>
