import type { ApiKey, CreatedApiKey, NewApiKey } from '../domain/api-key.ts'
import { pagesOf, type Pages } from './pages.ts'
import type { Transport } from './transport.ts'

/** The API keys of a service; to use it takes one with the scope `admin`. */
export interface ClientKeys {
  /**
   * Makes a key, which is in this answer alone. It is sent once: after a `ConnectionError` there may be
   * a key that nobody knows; look for it in the list, revoke it, and make another one.
   */
  create(input: NewApiKey): Promise<CreatedApiKey>
  get(id: number): Promise<ApiKey>
  /** The newest first, those that are over among them. */
  list(query?: { limit?: number; cursor?: string }): Pages<ApiKey>
  revoke(id: number): Promise<void>
}

export function createKeyCalls(transport: Transport): ClientKeys {
  const { json, send } = transport
  return {
    create: (body) => json({ method: 'POST', path: 'keys', body, isSentOnce: true }),
    get: (id) => json({ path: `keys/${id}` }),
    list: (query = {}) => pagesOf(transport, { path: 'keys', query: { ...query } }),
    revoke: async (id) => {
      await send({ method: 'DELETE', path: `keys/${id}` })
    }
  }
}
