import { Type } from '@sinclair/typebox'
import { checkJobInput } from './define-job.ts'
import { refuse } from './errors.ts'
import { timeoutMs, withDefaults } from './job-definition.ts'
import type { JobInput } from './job.ts'
import { MAX_TEST_MS, TargetTestRequest } from './target-test.ts'
import type { HttpTarget } from './target.ts'
import { createParser, shown } from './validation.ts'

/** What a job has is checked as that of a job. */
const parseOutline = createParser(
  Type.Object(
    {
      ...TargetTestRequest.properties,
      target: Type.Unknown(),
      timeout: Type.Optional(Type.Unknown())
    },
    { additionalProperties: false }
  ),
  'body'
)

/** A target that can be tried. */
export interface CheckedTargetTest {
  /** A job that has nothing but this target. */
  input: JobInput & { target: HttpTarget }
  jobId: number | null
  /** How long to wait for the answer. */
  timeoutMs: number
}

/** @throws CarillonError `validation_failed`, also for a target of another type than `http` */
export function checkTargetTest(value: unknown): CheckedTargetTest {
  const { job_id: jobId = null, ...doing } = parseOutline(value)
  const { target, ...input } = checkJobInput({ name: 'test', ...doing })
  if (target?.type !== 'http') {
    const detail = `"target.type" is ${shown(target?.type)}, but only targets of type "http" can be tried; run the job to see what it does.`
    throw refuse('/target/type', detail)
  }
  const tried = { ...input, target }
  return { input: tried, jobId, timeoutMs: Math.min(timeoutMs(withDefaults(tried)), MAX_TEST_MS) }
}
