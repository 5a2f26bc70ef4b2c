import type { JobInput } from '../job.ts'
import type { HttpTarget } from '../target.ts'
import {
  headerPointer,
  isBare,
  SIGNING_POINTER,
  type Sealed,
  type SecretPlace,
  type StoredHttpTarget,
  type StoredInput
} from './stored-input.ts'

/** Gives a secret the form in which it is kept. */
export type Seal = (secret: string, place: SecretPlace) => Sealed

/** The definition with every secret sealed; the very same where there is none. */
export function sealSecrets(input: JobInput, seal: Seal): StoredInput {
  if (isBare(input)) return input
  const { target, ...rest } = input
  if (target === undefined) return rest
  return { ...rest, target: target.type === 'http' ? sealTarget(target, seal) : target }
}

function sealTarget({ secret, headers, ...rest }: HttpTarget, seal: Seal): StoredHttpTarget {
  return {
    ...rest,
    ...(headers !== undefined && { headers: sealHeaders(headers, seal) }),
    ...(secret !== undefined && { secret: sealSigning(secret, seal) })
  }
}

function sealHeaders(
  headers: NonNullable<HttpTarget['headers']>,
  seal: Seal
): Record<string, string | Sealed> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === 'string') return [name, value]
      return [name, seal(value.secret, { pointer: headerPointer(name), index: 0 })]
    })
  )
}

function sealSigning(secret: string | string[], seal: Seal): Sealed | Sealed[] {
  if (typeof secret === 'string') return seal(secret, { pointer: SIGNING_POINTER, index: 0 })
  return secret.map((one, index) => seal(one, { pointer: SIGNING_POINTER, index }))
}
