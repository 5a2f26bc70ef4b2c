import type { Test } from 'tap'
import { createTestApp } from './app.ts'

/** The HTTP API, for tests that look into what comes back. */
export async function createTestApi(t: Test) {
  const { request, clock, app } = await createTestApp(t)
  const send = async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object) => {
    const answer = await request(`${method} ${url}`, body)
    // oxlint-disable-next-line typescript/no-explicit-any -- whatever was sent; the tests say what it is to be
    return { ...answer, body: answer.body as any }
  }
  return { app, clock, send }
}
