import { messageOf } from '../../src/domain/errors.ts'
import { failed, type Check, type Finding, type Parts } from './check.ts'
import { inTime } from './in-time.ts'

/** Nothing may take longer, so that every examination ends. */
export const DEADLINE_MS = 5_000

/** What a check found, by its name. */
export interface Examined extends Finding {
  name: string
}

/** Makes all checks beside each other; one that fails or gives no answer holds up no other. */
export function examine(
  checks: readonly Check[],
  parts: Parts,
  deadlineMs = DEADLINE_MS
): Promise<Examined[]> {
  const late = (): Finding => failed(`This gave no answer within ${deadlineMs / 1_000} s.`)
  return Promise.all(
    checks.map(async (check) => ({
      name: check.name,
      ...(await inTime(findingOf(check, parts), deadlineMs, late))
    }))
  )
}

async function findingOf(check: Check, parts: Parts): Promise<Finding> {
  try {
    return await check.run(parts)
  } catch (error) {
    return failed(messageOf(error))
  }
}
