import { checkTargetTest, type CheckedTargetTest } from '../domain/check-target-test.ts'
import { formatDuration } from '../domain/duration.ts'
import { withDefaults } from '../domain/job-definition.ts'
import { failure } from '../domain/outcome.ts'
import { firstBytes } from '../domain/first-bytes.ts'
import { keepHeaders } from '../domain/http-response.ts'
import { MAX_TEST_BODY_BYTES, type TargetTest } from '../domain/target-test.ts'
import { keepSealed } from '../engine/sealed-targets.ts'
import type { HttpTested } from '../engine/targets/http.ts'
import { NO_JOB_ID } from '../engine/vault.ts'
import { decodeStored } from '../store/job-codec.ts'
import { getJobRow, type Core } from './core.ts'
import { sealInput } from './seal-input.ts'

/**
 * Sends the request of an `http` target once, now, as a run would; nothing is recorded of it. Secrets
 * go the way of those of a job, but are not kept.
 * @throws CarillonError `validation_failed`, `job_not_found`, `secrets_not_configured`
 */
export async function testTarget(core: Core, request: unknown): Promise<TargetTest> {
  const checked = checkTargetTest(request)
  const { input, jobId } = checked
  core.checkTarget(withDefaults(input))
  const stored = jobId === null ? null : decodeStored((await getJobRow(core.db, jobId)).definition)
  keepSealed(input.target, sealInput(core.vault, input, { id: jobId ?? NO_JOB_ID, stored }))
  const startedAt = core.clock.now()
  const test = resultOf(await send(core, checked), core.clock.now() - startedAt)
  const { ok, status, duration_ms, error } = test
  const { origin } = new URL(input.target.url)
  const told = { ...core.caller, job_id: jobId, origin, ok, status, duration_ms, error }
  core.events.emit('target_tested', told)
  return test
}

async function send(
  { clock, testHttp }: Core,
  { input: { target, params = null }, jobId, timeoutMs }: CheckedTargetTest
): Promise<HttpTested> {
  const deadline = new AbortController()
  const stopTimer = clock.setTimer(() => deadline.abort(), timeoutMs)
  try {
    return await testHttp({ target, params, jobId, signal: deadline.signal })
  } catch (error) {
    if (!deadline.signal.aborted) throw error
    const message = `The target did not answer within ${formatDuration(timeoutMs)}.`
    return { outcome: failure('timeout', message), answer: null }
  } finally {
    stopTimer()
  }
}

function resultOf({ outcome, answer }: HttpTested, durationMs: number): TargetTest {
  const whole = answer?.body ?? null
  const body = whole === null ? null : firstBytes(whole, MAX_TEST_BODY_BYTES)
  const ok = outcome.kind === 'succeeded'
  return {
    ok,
    outcome: ok ? 'succeeded' : 'failed',
    status: answer?.status ?? null,
    duration_ms: durationMs,
    headers: keepHeaders(answer?.headers ?? {}).headers,
    body,
    truncated: answer !== null && (answer.truncated || body !== whole),
    error: outcome.kind === 'failed' ? outcome.error : null
  }
}
