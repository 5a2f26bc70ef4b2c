import type { Test } from 'tap'
import type { Outcome } from '../../src/domain/outcome.ts'
import {
  createHttpPerformer,
  type HttpPerformer,
  type HttpTargetOptions
} from '../../src/engine/targets/http.ts'
import { httpAttempt, type HttpAttemptParts } from './http-attempt.ts'
import { startSink, type Sink } from './sink.ts'

/** A performer with a server of its own to call; both are closed when the test ends. */
export interface PerformerWithSink {
  http: HttpPerformer
  sink: Sink
  /** One attempt, against the sink unless another URL is given. */
  perform: (parts?: Partial<HttpAttemptParts>) => Promise<Outcome>
}

export async function startPerformer(
  t: Test,
  options: HttpTargetOptions = {}
): Promise<PerformerWithSink> {
  const sink = await startSink()
  const http = createHttpPerformer(options)
  t.teardown(async () => {
    await http.close()
    await sink.close()
  })
  return {
    http,
    sink,
    perform: (parts = {}) => http.perform(httpAttempt({ url: sink.url, ...parts }))
  }
}
