import { Type, type Static } from '@sinclair/typebox'
import { JobInput } from './job.ts'
import { nullable, ONE_LINE, words } from './schema.ts'

export const MAX_CRONTAB_LENGTH = 204_800
export const MAX_CRONTAB_LINES = 10_000
export const MAX_CRONTAB_JOBS = 1_000

/** A crontab to be turned into jobs. */
export const CrontabRequest = Type.Object(
  {
    crontab: Type.String({
      maxLength: MAX_CRONTAB_LENGTH,
      description: 'The text, as `crontab -l` prints it; at most 10,000 lines and 1,000 jobs.',
      examples: ['0 9 * * 1 curl -fsS https://example.com/report']
    }),
    timezone: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 64,
        default: 'UTC',
        description: 'The IANA zone of what stands above any `CRON_TZ` or `TZ`.'
      })
    ),
    tag: Type.Optional(
      Type.String({
        ...ONE_LINE,
        minLength: 1,
        maxLength: 100,
        description: 'Every job gets this tag; crontabs with different tags share no job.'
      })
    ),
    user_column: Type.Optional(
      Type.Union([Type.Boolean(), Type.Literal('auto')], {
        default: 'auto',
        description: 'Whether a user stands before each command, as in /etc/crontab.'
      })
    ),
    skip_refused: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Leave out the lines that cannot be jobs, rather than refuse all of it.'
      })
    )
  },
  { additionalProperties: false, $id: 'CrontabRequest' }
)
export type CrontabRequest = Static<typeof CrontabRequest>

/** What a line of a crontab is. */
export const CRONTAB_OUTCOMES = ['job', 'refused', 'setting', 'comment', 'blank'] as const

const ParsedFields = {
  line: Type.Integer({ description: 'From 1.' }),
  text: Type.String({ description: 'As it is written.' }),
  outcome: words(CRONTAB_OUTCOMES),
  job: nullable(JobInput),
  reason: nullable(Type.String({ description: 'Why it is refused, and what to do.' })),
  notes: Type.Array(Type.String(), { description: 'What is not the same as it was in cron.' })
}

const ParsedLine = Type.Object(ParsedFields)
/** A line that was read, of which nothing was written yet. */
export type ParsedLine = Static<typeof ParsedLine>

export const CrontabLine = Type.Object(
  {
    ...ParsedFields,
    action: nullable(
      words(['created', 'updated', 'unchanged'], { description: 'What became of its job.' })
    ),
    id: nullable(Type.Integer({ description: 'Of the job; null for one that is not there yet.' })),
    next_run_at: nullable(Type.String())
  },
  { $id: 'CrontabLine' }
)
export type CrontabLine = Static<typeof CrontabLine>

/** What became of a crontab, or would. */
export const CrontabReport = Type.Object(
  {
    dry_run: Type.Boolean(),
    timezone: Type.String({ description: 'Of what stands above any `CRON_TZ` or `TZ`.' }),
    user_column: Type.Boolean({ description: 'Whether it was read with one.' }),
    lines: Type.Array(CrontabLine, { description: 'Every line, in order.' }),
    created: Type.Integer(),
    updated: Type.Integer(),
    unchanged: Type.Integer(),
    refused: Type.Integer({ description: 'Lines that were left out.' })
  },
  { $id: 'CrontabReport' }
)
export type CrontabReport = Static<typeof CrontabReport>
