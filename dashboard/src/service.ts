import { createClient } from '../../client.ts'

/** The folder above the page's own: where the API is, whatever prefix or proxy is in front of it. */
const base = new URL('..', location.href.split('#', 1)[0]).href

/** The service that sent this page. Who looks at a page tries again himself. */
export const service = createClient({ url: base, retries: 1 })

/** The address of something the service has beside its API, such as "docs/". */
export function addressOf(path: string): string {
  return new URL(path, base).href
}
