import { StringDecoder } from 'node:string_decoder'

/** The most that is kept of each stream of a program: 32 KiB. */
export const MAX_TAIL_BYTES = 32_768

/** The end of a text that arrives in pieces, in bounded memory however long it is. */
export interface OutputTail {
  add(chunk: Buffer): void
  /** The last 32 KiB as UTF-8, beginning with a whole character. */
  read(): { text: string; truncated: boolean }
}

export function createOutputTail(): OutputTail {
  let kept: Buffer = Buffer.alloc(0)
  let dropped = false
  return {
    add: (chunk) => {
      const all = Buffer.concat([kept, chunk.subarray(-MAX_TAIL_BYTES)])
      dropped ||= chunk.length > MAX_TAIL_BYTES || all.length > MAX_TAIL_BYTES
      // A copy: a view would keep all that the pipe has read.
      kept = Buffer.from(all.subarray(-MAX_TAIL_BYTES))
    },
    read: () => {
      const whole = dropped ? kept.subarray(firstCharacter(kept)) : kept
      return { text: new StringDecoder('utf8').end(whole), truncated: dropped }
    }
  }
}

/** Where the first character begins: before it may be the rest of one that was cut. */
function firstCharacter(bytes: Buffer): number {
  const isContinuation = (byte: number | undefined): boolean =>
    byte !== undefined && (byte & 0xc0) === 0x80
  let index = 0
  while (index < 3 && isContinuation(bytes[index])) index++
  return index
}
