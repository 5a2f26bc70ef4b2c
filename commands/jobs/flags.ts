import { Type } from '@sinclair/typebox'
import { JOB_SORTS } from '../../src/domain/job-order.ts'
import { JOB_STATES } from '../../src/domain/job.ts'
import { ATTEMPT_OUTCOMES } from '../../src/domain/outcome.ts'
import { words } from '../../src/domain/schema.ts'
import { flagsOnly } from '../../src/option-sources.ts'
import { TARGET_TYPES } from '../../src/domain/target.ts'

/** What narrows and orders a list of jobs. */
export const ListFlags = flagsOnly({
  q: Type.String({ description: 'Part of the name.' }),
  tag: Type.String({ description: 'Jobs that have it.' }),
  state: words(JOB_STATES, { description: JOB_STATES.join(', ') }),
  target: words(TARGET_TYPES, { description: TARGET_TYPES.join(', ') }),
  outcome: words(ATTEMPT_OUTCOMES, { description: 'How the last run ended.' }),
  sort: words(JOB_SORTS, { description: 'Such as name or -last_run_at.' }),
  limit: Type.Integer({ default: 50, minimum: 1, maximum: 1_000, description: 'Jobs at most.' })
})

/** What defines a job in a line. */
export const CreateFlags = flagsOnly({
  name: Type.String({ description: 'Shown to people.' }),
  key: Type.String({ description: 'A name of your own; a job that has it is replaced.' }),
  schedule: Type.String({ description: 'A cron expression, such as "0 9 * * 1".' }),
  every: Type.String({ description: 'An interval, such as 5m.' }),
  at: Type.String({ description: 'A single date, or the first one.' }),
  timezone: Type.String({ description: 'Such as Europe/Paris.' }),
  call: Type.String({ description: 'A URL to call; without one, a line is logged.' }),
  method: Type.String({ description: 'Of the call; POST.' }),
  params: Type.String({ description: 'JSON, handed to the target.' })
})

/** What the other actions take. */
export const ActionFlags = flagsOnly({
  reason: Type.String({ description: 'Of pause.' }),
  until: Type.String({ description: 'Of pause: when the job goes on by itself.' }),
  catchUp: Type.Boolean({ description: 'Of resume: treat what was due as missed.' }),
  count: Type.Integer({ minimum: 0, description: 'Of skip: how many occurrences.' }),
  running: words(['cancel', 'finish', 'refuse'], { description: 'Of delete: what runs.' })
})

export const JobFlags = { ...ListFlags, ...CreateFlags, ...ActionFlags }
