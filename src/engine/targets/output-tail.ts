import { StringDecoder } from 'node:string_decoder'
import { firstCharacter } from './first-character.ts'

/** The most that is kept of what a program writes: 64 KiB. */
export const MAX_OUTPUT_BYTES = 65_536

/** The end of a text that arrives in pieces, in the same memory however long it is. */
export interface OutputTail {
  add(chunk: Buffer): void
  /** Bytes that are kept, at most 64 KiB. */
  size(): number
  /** Its last bytes, at most so many, as UTF-8 that begins with a whole character. */
  read(limit: number): { text: string; truncated: boolean }
}

export function createOutputTail(): OutputTail {
  // One buffer, written round and round: a new one for each piece would be garbage faster than it is
  // collected.
  const ring = Buffer.alloc(MAX_OUTPUT_BYTES)
  let next = 0
  let total = 0
  const size = (): number => Math.min(total, MAX_OUTPUT_BYTES)
  return {
    add: (chunk) => {
      total += chunk.length
      const last = chunk.subarray(-MAX_OUTPUT_BYTES)
      const copied = last.copy(ring, next)
      last.copy(ring, 0, copied)
      next = (next + last.length) % MAX_OUTPUT_BYTES
    },
    size,
    read: (limit) => {
      const all =
        size() < MAX_OUTPUT_BYTES
          ? [ring.subarray(0, next)]
          : [ring.subarray(next), ring.subarray(0, next)]
      const kept = Buffer.concat(all)
      const cut = kept.subarray(Math.max(0, kept.length - limit))
      const truncated = total > cut.length
      const whole = truncated ? cut.subarray(firstCharacter(cut)) : cut
      return { text: new StringDecoder('utf8').end(whole), truncated }
    }
  }
}

/**
 * The ends of the two streams of a program, 64 KiB together: of each the last 32 KiB, and more where
 * the other has less.
 */
export function readOutput(
  stdout: OutputTail,
  stderr: OutputTail
): { stdout: string; stderr: string; truncated: boolean } {
  const out = stdout.read(shareBeside(stderr))
  const err = stderr.read(shareBeside(stdout))
  return { stdout: out.text, stderr: err.text, truncated: out.truncated || err.truncated }
}

function shareBeside(other: OutputTail): number {
  return Math.max(MAX_OUTPUT_BYTES / 2, MAX_OUTPUT_BYTES - other.size())
}
