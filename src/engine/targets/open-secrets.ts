import { signingKey } from '../../domain/secrets/signing-secret.ts'
import {
  headerPointer,
  SIGNING_POINTER,
  type Sealed,
  type StoredHttpTarget
} from '../../domain/secrets/stored-input.ts'
import type { HttpTarget } from '../../domain/target.ts'
import { sealedOf } from '../sealed-targets.ts'
import type { Vault } from '../vault.ts'

/** A target whose headers are all there to be sent. */
export interface OpenTarget extends Omit<HttpTarget, 'headers' | 'secret'> {
  headers?: Record<string, string>
}

/** What a request is made of: secrets in the clear, for as long as the request is needed. */
export interface OpenSecrets {
  target: OpenTarget
  /** What it is signed with, the newest first; none for an unsigned one. */
  signingKeys: readonly Buffer[]
}

/** A secret cannot be opened: its key is not here, or it is not what was sealed. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable'
}

/** @throws SecretUnreadable */
export function openSecrets(target: HttpTarget, jobId: number, vault: Vault): OpenSecrets {
  const open = (sealed: Sealed, pointer: string): string => {
    const opened = vault.open(sealed, { jobId, pointer })
    if ('fault' in opened) throw new SecretUnreadable(opened.fault)
    return opened.secret
  }
  const { secret = [], headers = {}, ...rest } = sealedOf(target) ?? bare(target)
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, typeof value === 'string' ? value : open(value, headerPointer(name))] as const
  })
  return {
    target: { ...rest, headers: Object.fromEntries(entries) },
    signingKeys: [secret].flat().map((sealed) => keyOf(open(sealed, SIGNING_POINTER)))
  }
}

function keyOf(secret: string): Buffer {
  const key = signingKey(secret)
  if (key === null)
    throw new SecretUnreadable('The secret in "target.secret" is none to sign with.')
  return key
}

/** A target that was not read from the database, or has no secrets. */
function bare({ secret, headers = {}, ...rest }: HttpTarget): StoredHttpTarget {
  const plain = Object.entries(headers).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value] as const] : []
  )
  if (secret !== undefined || plain.length < Object.keys(headers).length) {
    throw new SecretUnreadable('The secrets of the target are not sealed.')
  }
  return { ...rest, headers: Object.fromEntries(plain) }
}
