import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto'
import { CarillonError } from '../domain/errors.ts'
import { hintOf } from '../domain/secrets/shown-secret.ts'
import type { Sealed } from '../domain/secrets/stored-input.ts'

/** The keys in force: one that seals and opens, and one that opens what was sealed before. */
export interface VaultKeys {
  /** 32 bytes; null where nothing can be sealed. */
  current: Buffer | null
  previous: Buffer | null
}

/** Whose secret it is. What is sealed for one field of one job does not open for another. */
export interface SecretOwner {
  jobId: number
  /** JSON pointer into the definition. */
  pointer: string
}

/** In place of an id, for what is sealed for a moment and not stored: no job has it. */
export const NO_JOB_ID = 0

/** A secret, or why it cannot be opened, as a sentence. */
export type Opened = { secret: string } | { fault: string }

/** Seals and opens the secrets of jobs. */
export interface Vault {
  /** Of the key that seals; null without one. */
  readonly keyId: string | null
  /** @throws CarillonError `secrets_not_configured` without a key */
  seal(secret: string, owner: SecretOwner): Sealed
  open(sealed: Sealed, owner: SecretOwner): Opened
}

const VERSION = 'v1'
const CIPHER = 'aes-256-gcm'
/** NIST SP 800-38D, 8.2.2: random, of 96 bits. */
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_ID_LENGTH = 8

/**
 * AES-256-GCM with a random nonce for each secret; the owner is authenticated along. A sealed text is
 * `v1.<key id>.<nonce>.<ciphertext and tag>` in base64url.
 */
export function createVault({ current, previous }: VaultKeys): Vault {
  const keys = [current, previous].filter((key) => key !== null)
  return {
    keyId: current === null ? null : idOfKey(current),
    seal: (secret, owner) => {
      if (current === null) throw notConfigured(owner)
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv(CIPHER, current, nonce).setAAD(ownerBytes(owner))
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
      const parts = [nonce, Buffer.concat([text, cipher.getAuthTag()])]
      const encoded = parts.map((part) => part.toString('base64url'))
      const sealed = [VERSION, idOfKey(current), ...encoded].join('.')
      return { sealed, hint: hintOf(secret) }
    },
    open: ({ sealed }, owner) => {
      const id = keyIdOf(sealed)
      const usable = keys.filter((key) => idOfKey(key) === id)
      if (usable.length === 0) return { fault: unknownKey(owner, id) }
      for (const key of usable) {
        const secret = decipher(sealed, key, owner)
        if (secret !== null) return { secret }
      }
      return { fault: altered(owner, id) }
    }
  }
}

/** The id of the key that a sealed text names. */
export function keyIdOf(sealed: string): string {
  return sealed.split('.')[1] ?? ''
}

function idOfKey(key: Buffer): string {
  return hash('sha256', key, 'hex').slice(0, KEY_ID_LENGTH)
}

function ownerBytes({ jobId, pointer }: SecretOwner): Buffer {
  return Buffer.from(`carillon_jobs:${jobId}:${pointer}`)
}

/** Null for what is not exactly as it was sealed. */
function decipher(sealed: string, key: Buffer, owner: SecretOwner): string | null {
  const [version, , nonce, text, ...more] = sealed.split('.')
  const nonceBytes = strictBytes(nonce)
  const textBytes = strictBytes(text)
  if (version !== VERSION || more.length > 0) return null
  if (nonceBytes?.length !== NONCE_BYTES || textBytes === null) return null
  if (textBytes.length < TAG_BYTES) return null
  const options = { authTagLength: TAG_BYTES }
  const cipher = createDecipheriv(CIPHER, key, nonceBytes, options)
    .setAAD(ownerBytes(owner))
    .setAuthTag(textBytes.subarray(-TAG_BYTES))
  try {
    const start = cipher.update(textBytes.subarray(0, -TAG_BYTES))
    return Buffer.concat([start, cipher.final()]).toString('utf8')
  } catch {
    // The tag is not that of this text, key and owner.
    return null
  }
}

/** Node reads more than it writes: other alphabets, and bits behind the last byte. */
function strictBytes(text = ''): Buffer | null {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

function fieldOf(pointer: string): string {
  return `"${pointer.slice(1).replaceAll('/', '.')}"`
}

function unknownKey({ pointer }: SecretOwner, id: string): string {
  return `The secret in ${fieldOf(pointer)} was sealed with the key ${id}, which this process does not have; set CARILLON_SECRET_KEY or CARILLON_PREVIOUS_SECRET_KEY to that key, or send the secret anew.`
}

function altered({ pointer }: SecretOwner, id: string): string {
  return `The secret in ${fieldOf(pointer)} does not open with the key ${id}, which it names: what is stored was altered, or belongs to another job; send the secret anew.`
}

function notConfigured({ pointer }: SecretOwner): CarillonError {
  const detail = `${fieldOf(pointer)} is secret, but this service has no key to seal it with; set CARILLON_SECRET_KEY, which "openssl rand -base64 32" makes.`
  const faults = [{ in: 'body' as const, pointer, detail }]
  return new CarillonError('secrets_not_configured', detail, { faults })
}
