import type { Test } from 'tap'
import { createTestApp } from './app.ts'

/** The HTTP API, for tests that look into what comes back. */
export async function createTestApi(t: Test) {
  const { request, clock, app } = await createTestApp(t)
  const send = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    ...[body, headers]: [body?: object | undefined, headers?: Record<string, string>]
  ) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' }
    const more = headers === undefined ? {} : { headers: { ...json, ...headers } }
    const answer = await request(`${method} ${url}`, body, more)
    // oxlint-disable-next-line typescript/no-explicit-any -- whatever was sent; the tests say what it is to be
    return { ...answer, body: answer.body as any }
  }
  return { app, clock, send }
}
