import { Type, type Static } from '@sinclair/typebox'
import { JOB_STATES } from './job.ts'
import { ATTEMPT_OUTCOMES } from './outcome.ts'
import { ONE_LINE, words } from './schema.ts'
import { TARGET_TYPES } from './target.ts'

const Tag = Type.String({ ...ONE_LINE, minLength: 1, maxLength: 100 })
const Tags = (description: string) => Type.Optional(Type.Array(Tag, { maxItems: 20, description }))

/** What can be done to many jobs at once. */
export const BULK_ACTIONS = ['pause', 'resume', 'delete', 'run', 'tag'] as const

/** Which jobs; what is given narrows, and every part must hold. */
export const BulkFilter = Type.Object(
  {
    ids: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), {
        maxItems: 1_000
      })
    ),
    q: Type.Optional(
      Type.String({ ...ONE_LINE, minLength: 1, maxLength: 200, description: 'In the name.' })
    ),
    tag: Type.Optional(Tag),
    state: Type.Optional(words(JOB_STATES)),
    target: Type.Optional(words(TARGET_TYPES)),
    outcome: Type.Optional(words(ATTEMPT_OUTCOMES)),
    all: Type.Optional(
      Type.Literal(true, { description: 'Every job: must be said, and stands alone.' })
    )
  },
  { additionalProperties: false }
)
export type BulkFilter = Static<typeof BulkFilter>

export const BulkRequest = Type.Object(
  {
    filter: BulkFilter,
    action: words(BULK_ACTIONS),
    reason: Type.Optional(Type.String({ ...ONE_LINE, maxLength: 500, description: 'Of `pause`.' })),
    until: Type.Optional(Type.String({ maxLength: 40, description: 'Of `pause`.' })),
    catch_up: Type.Optional(Type.Boolean({ description: 'Of `resume`.' })),
    running: Type.Optional(
      words(['cancel', 'finish', 'refuse'], { description: 'Of `delete`; `cancel` by default.' })
    ),
    add_tags: Tags('Of `tag`.'),
    remove_tags: Tags('Of `tag`.')
  },
  { additionalProperties: false, $id: 'BulkRequest' }
)
export type BulkRequest = Static<typeof BulkRequest>

/** What became of the jobs, or would. */
export const BulkReport = Type.Object(
  {
    dry_run: Type.Boolean(),
    action: words(BULK_ACTIONS),
    matched: Type.Integer(),
    done: Type.Integer(),
    refused: Type.Array(
      Type.Object({
        id: Type.Integer(),
        name: Type.String(),
        code: Type.String(),
        detail: Type.String()
      }),
      { maxItems: 1_000, description: 'Those that could not be done, the first 1,000.' }
    )
  },
  { $id: 'BulkReport' }
)
export type BulkReport = Static<typeof BulkReport>
