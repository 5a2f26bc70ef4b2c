import type { ApiKey, CreatedApiKey, NewApiKey } from '../../domain/api-key.ts'
import type { ApiKeyPage } from '../../store/api-keys.ts'
import type { KeyCore } from './core.ts'
import { createKey } from './create-key.ts'
import { getKey, listKeys } from './list-keys.ts'
import { revokeKey } from './revoke-key.ts'

const DEFAULT_LIMIT = 100

/** The API keys of the services on this database. */
export interface KeyOperations {
  /**
   * Makes a key; what only its owner may know is in this answer alone. From then on, every service on
   * this database asks for one.
   */
  create(input: NewApiKey, options?: { createdBy?: string | null }): Promise<CreatedApiKey>
  get(id: number): Promise<ApiKey>
  /** The newest first, those that are over among them. */
  list(page?: Partial<ApiKeyPage>): Promise<ApiKey[]>
  /** Ends a key: no service takes it any more. One that was revoked before stays as it is. */
  revoke(id: number): Promise<ApiKey>
}

export function createKeyOperations(core: KeyCore): KeyOperations {
  return {
    create: (input, { createdBy = null } = {}) => createKey(core, input, createdBy),
    get: (id) => getKey(core.db, id),
    list: (page = {}) => listKeys(core.db, { beforeId: null, limit: DEFAULT_LIMIT, ...page }),
    revoke: (id) => revokeKey(core, id)
  }
}
