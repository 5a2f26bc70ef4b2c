import Fastify from 'fastify'
import type { Test } from 'tap'
import carillon from '../../index.ts'
import { createManualClock } from './manual-clock.ts'

/** The HTTP API over a database of its own, on a manual clock; closed when the test ends. */
export async function createTestApi(t: Test) {
  const clock = createManualClock()
  const app = Fastify()
  await app.register(carillon, { database: 'sqlite::memory:', clock })
  await app.ready()
  t.teardown(async () => {
    const closed = app.close()
    await clock.advance(15_000)
    await closed
  })
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) => {
    const answer = await app.inject({ method, url, ...(body !== undefined && { payload: body }) })
    const { statusCode: status, headers } = answer
    return { status, headers, body: answer.body === '' ? null : answer.json() }
  }
  return { app, clock, send }
}
