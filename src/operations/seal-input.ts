import type { JobInput } from '../domain/job.ts'
import { keptSecret } from '../domain/secrets/keep-secret.ts'
import { sealSecrets } from '../domain/secrets/seal-secrets.ts'
import { isShownSecret } from '../domain/secrets/shown-secret.ts'
import { sealedAt, type StoredInput } from '../domain/secrets/stored-input.ts'
import type { Vault } from '../engine/vault.ts'

/** The job that a definition is for, and the one it has now; null for a new job. */
export interface SealedFor {
  id: number
  stored: StoredInput | null
}

/**
 * The definition as it is to be kept. A secret in its shown form stays the one that is kept; so does
 * one that is sent again, so that the same definition sent twice is no change.
 * @throws CarillonError `validation_failed` for a shown form that stands for nothing,
 *   `secrets_not_configured` for a new secret where there is no key
 */
export function sealInput(vault: Vault, input: JobInput, { id, stored }: SealedFor): StoredInput {
  return sealSecrets(input, (secret, place) => {
    const { pointer } = place
    const known = sealedAt(stored, pointer)
    if (isShownSecret(secret)) return keptSecret(secret, known, place)
    const owner = { jobId: id, pointer }
    const same = known.find((sealed) => {
      const opened = vault.open(sealed, owner)
      return 'secret' in opened && opened.secret === secret
    })
    return same ?? vault.seal(secret, owner)
  })
}

/** The definition of a job that has no id yet: its secrets are left out, until it has one. */
export function withoutSecrets(input: JobInput): StoredInput {
  return sealSecrets(input, () => ({ sealed: '', hint: null }))
}
