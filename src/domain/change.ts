import { Type, type Static } from '@sinclair/typebox'
import { nullable, words } from './schema.ts'

/** What can be done to a job. */
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
  'deleted'
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

/** What was done to a job, when and by whom. */
export const Change = Type.Object(
  {
    id: Type.Integer({ description: 'Rises with every change of any job.' }),
    job_id: Type.Integer(),
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
    version: Type.Integer({ description: 'The version of the job after the change.' }),
    detail: Type.Unknown({
      description:
        'What was changed: for an update {field: {before, after}}, else what was asked for.'
    })
  },
  { $id: 'Change' }
)
export type Change = Static<typeof Change>
