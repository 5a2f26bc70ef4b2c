import { Type, type Static } from '@sinclair/typebox'
import { RunFilterFields } from './run-filter.ts'
import { words } from './schema.ts'

/** Runs that one call acts on, at most. */
export const MAX_BULK_RUNS = 1_000

/** What can be done to many runs at once. */
export const BULK_RUN_ACTIONS = ['retry', 'cancel'] as const

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })

/** Which runs; what is given narrows, and every part must hold. */
export const BulkRunsFilter = Type.Object(
  {
    ids: Type.Optional(Type.Array(Id, { maxItems: MAX_BULK_RUNS })),
    job_id: Type.Optional(Id),
    ...RunFilterFields
  },
  { additionalProperties: false }
)
export type BulkRunsFilter = Static<typeof BulkRunsFilter>

export const BulkRunsRequest = Type.Object(
  { filter: BulkRunsFilter, action: words(BULK_RUN_ACTIONS) },
  { additionalProperties: false, $id: 'BulkRunsRequest' }
)
export type BulkRunsRequest = Static<typeof BulkRunsRequest>

/** What became of the runs, or would. */
export const BulkRunsReport = Type.Object(
  {
    dry_run: Type.Boolean(),
    action: words(BULK_RUN_ACTIONS),
    matched: Type.Integer({ description: `Runs that it acted on, at most ${MAX_BULK_RUNS}.` }),
    done: Type.Integer(),
    more: Type.Boolean({ description: 'The filter lets through more runs than these.' }),
    refused: Type.Array(
      Type.Object({
        id: Type.Integer(),
        job_id: Type.Integer(),
        code: Type.String(),
        detail: Type.String()
      }),
      { maxItems: MAX_BULK_RUNS, description: 'Those that could not be done.' }
    )
  },
  { $id: 'BulkRunsReport' }
)
export type BulkRunsReport = Static<typeof BulkRunsReport>
