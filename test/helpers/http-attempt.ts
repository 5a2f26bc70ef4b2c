import { withDefaults } from '../../src/domain/job-definition.ts'
import type { HttpTarget } from '../../src/domain/target.ts'
import type { AttemptContext } from '../../src/engine/attempt.ts'

const silent = { info() {}, warn() {}, error() {} }

/** What of an attempt matters to an HTTP target; everything has a default but the URL. */
export interface HttpAttemptParts extends Omit<HttpTarget, 'type'> {
  params?: unknown
  signal?: AbortSignal
  run?: Partial<AttemptContext['run']>
}

/** One attempt of a job whose target is that URL. */
export function httpAttempt(parts: HttpAttemptParts): AttemptContext {
  const { params = null, signal = new AbortController().signal, run, ...target } = parts
  return {
    job: {
      id: 7,
      version: 1,
      definition: withDefaults({ name: 'hook', target: { type: 'http', ...target } })
    },
    run: { id: 42, scheduledFor: 0, cause: 'schedule', attempt: 1, fencingToken: 1, ...run },
    params,
    signal,
    log: silent
  }
}
