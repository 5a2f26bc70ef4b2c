import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { createClient, type Client, type ClientOptions } from '../../client.ts'
import { createTestApp, type TestApp, type TestAppOptions } from './app.ts'

export interface TestClient extends TestApp {
  client: Client
  url: string
}

/** A client of a service that really listens; both end with the test. */
export async function createTestClient(
  t: Test,
  options: TestAppOptions & { client?: ClientOptions } = {}
): Promise<TestClient> {
  const service = await createTestApp(t, options)
  await service.server.listen({ port: 0, host: '127.0.0.1' })
  const { port } = service.server.server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  return { ...service, url, client: createClient({ url, ...options.client }) }
}
