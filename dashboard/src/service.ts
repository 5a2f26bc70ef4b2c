import { createCoreClient, type CoreClient } from '../../src/client/core-client.ts'
import { noteAnswer } from './live/answers.ts'
import { signal } from './signal/signal.ts'

/** The folder above the page's own: where the API is, whatever prefix or proxy is in front of it. */
const base = new URL('..', location.href.split('#', 1)[0]).href

/** How often the service refused a write to this reader. */
export const refusals = signal(0)

/** Reading is never refused for a scope: what a page reads, whoever may see the page may read. */
const noting: typeof fetch = async (input, init) => {
  const response = await noteAnswer(fetch(input, init))
  if (response.status === 403 && init?.method !== 'GET') refusals.value++
  return response
}

/** The service that sent this page. Who looks at a page tries again himself. */
export const service: CoreClient = createCoreClient({ url: base, retries: 1, fetch: noting })

/** The address of something the service has beside its API, such as "docs/". */
export function addressOf(path: string): string {
  return new URL(path, base).href
}
