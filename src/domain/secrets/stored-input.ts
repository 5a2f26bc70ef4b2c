import type { JobInput } from '../job.ts'
import type { HttpTarget, Target } from '../target.ts'

/** A secret as it is kept. */
export interface Sealed {
  /** `v1.<key id>.<nonce>.<ciphertext and tag>`, see `engine/vault.ts`. */
  sealed: string
  /** Its last four characters, to be shown; null where it is short. */
  hint: string | null
}

type WithoutSecrets = Omit<HttpTarget, 'secret' | 'headers'>

/** An `http` target as it is kept: every secret sealed. */
export interface StoredHttpTarget extends WithoutSecrets {
  secret?: Sealed | Sealed[]
  headers?: Record<string, string | Sealed>
}

/** A definition as it is kept: what the client sent, every secret sealed. */
export type StoredInput = Omit<JobInput, 'target'> & {
  target?: Exclude<Target, HttpTarget> | StoredHttpTarget
}

/** Where in a definition a secret is. */
export interface SecretPlace {
  /** JSON pointer (RFC 6901); the same for all of a list, which are one field. */
  pointer: string
  /** In the list, if it is one. */
  index: number
}

/** The field of the secrets that calls are signed with. */
export const SIGNING_POINTER = '/target/secret'

/** The field of a header's value. */
export function headerPointer(name: string): string {
  return `/target/headers/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
}

/** Whether there is a secret in a target, given or sealed. */
export function hasSecrets(target: Target | StoredInput['target']): boolean {
  if (target?.type !== 'http') return false
  const { secret, headers = {} } = target
  return secret !== undefined || Object.values(headers).some((value) => typeof value !== 'string')
}

/** Whether a definition is kept as it was given. */
export function isBare(input: JobInput | StoredInput): input is JobInput & StoredInput {
  return !hasSecrets(input.target)
}

/** What is sealed in a field of a kept definition, in order. */
export function sealedAt(stored: StoredInput | null, pointer: string): Sealed[] {
  const target = stored?.target
  if (target?.type !== 'http') return []
  const { secret = [], headers = {} } = target
  if (pointer === SIGNING_POINTER) return [secret].flat()
  return Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' || headerPointer(name) !== pointer ? [] : [value]
  )
}
