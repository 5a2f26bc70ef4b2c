import { createClient } from '../../client.ts'
import { noteAnswer } from './live/answers.ts'
import { noteRefusal } from './live/read-only.ts'

/** The folder above the page's own: where the API is, whatever prefix or proxy is in front of it. */
const base = new URL('..', location.href.split('#', 1)[0]).href

/** Reading is never refused for a scope: what a page reads, whoever may see the page may read. */
const noting: typeof fetch = async (input, init) => {
  const response = await noteAnswer(fetch(input, init))
  if (init?.method !== undefined && init.method !== 'GET') await noteRefusal(response)
  return response
}

/** The service that sent this page. Who looks at a page tries again himself. */
export const service = createClient({ url: base, retries: 1, fetch: noting })

/** The address of something the service has beside its API, such as "docs/". */
export function addressOf(path: string): string {
  return new URL(path, base).href
}
