import { Type, type Static } from '@sinclair/typebox'
import { JobInput } from './job.ts'
import { nullable, words } from './schema.ts'
import { Target } from './target.ts'

/** The longest that a test waits for its answer, whatever the job's own timeout: 30 s. */
export const MAX_TEST_MS = 30_000
/** What is shown of the body. */
export const MAX_TEST_BODY_BYTES = 2_048

const { params, timeout } = JobInput.properties

/** A target that is tried: what a job would have, and the job whose secrets it may use. */
export const TargetTestRequest = Type.Object(
  {
    target: Target,
    params,
    timeout,
    job_id: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The job whose secrets are meant by those in their shown form.'
      })
    )
  },
  { additionalProperties: false, $id: 'TargetTestRequest' }
)
export type TargetTestRequest = Static<typeof TargetTestRequest>

/** What came of it. */
export const TargetTest = Type.Object(
  {
    ok: Type.Boolean({ description: 'Whether a run would have succeeded.' }),
    outcome: words(['succeeded', 'failed']),
    status: nullable(Type.Integer({ description: 'Null where no answer came.' })),
    duration_ms: Type.Integer(),
    headers: Type.Record(Type.String(), Type.String(), {
      description:
        'Of the answer: at most 50 and 4 KiB, names in lower case; the values of secrets are `***`.'
    }),
    body: nullable(Type.String({ description: 'Its first 2,048 bytes.' })),
    truncated: Type.Boolean({ description: 'There was more of the body.' }),
    error: nullable(Type.Object({ code: Type.String(), message: Type.String() }))
  },
  { $id: 'TargetTest' }
)
export type TargetTest = Static<typeof TargetTest>
