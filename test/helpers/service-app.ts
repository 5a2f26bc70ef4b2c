import type { Test } from 'tap'
import type { NewApiKey } from '../../src/domain/api-key.ts'
import { createTestApp, type Answer, type TestApp, type TestAppOptions } from './app.ts'

export const bearer = (key: string): string => `Bearer ${key}`
export const basic = (pair: string): string => `Basic ${Buffer.from(pair).toString('base64')}`

export interface TestServiceApp extends TestApp {
  /** Sends a request with this header `Authorization`. */
  send(call: string, authorization?: string, body?: unknown): Promise<Answer>
  /** Makes a key in its database; @returns its text */
  makeKey(more?: Partial<NewApiKey>): Promise<string>
}

/** The service itself in this process, to which requests come with keys. */
export async function createServiceApp(
  t: Test,
  options: Omit<TestAppOptions, 'isService'> = {}
): Promise<TestServiceApp> {
  const service = await createTestApp(t, { ...options, isService: true })
  return {
    ...service,
    send: (call, authorization, body) => {
      const json = body === undefined ? {} : { 'content-type': 'application/json' }
      const headers = { ...json, ...(authorization !== undefined && { authorization }) }
      return service.request(call, undefined, {
        headers,
        ...(body !== undefined && { payload: JSON.stringify(body) })
      })
    },
    makeKey: async (more = {}) => {
      const wanted = { name: 'test', scopes: ['read' as const], ...more }
      return (await service.app.scheduler.keys.create(wanted)).key
    }
  }
}
