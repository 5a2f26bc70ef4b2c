import { wholeCharacters } from '../../domain/first-bytes.ts'

/** The most of a response body that is kept with a run: 64 KiB. */
export const MAX_TEXT_BYTES = 65_536
const FIRST_ALLOCATION = 4096
/** A byte that is not UTF-8 becomes U+FFFD, which takes three. */
const WORST_GROWTH = 3

/**
 * Collects the first 64 KiB of a UTF-8 text that arrives in pieces. The pieces are copied together,
 * not kept: a server that sends single bytes would otherwise hold 65,536 buffers.
 */
export class BoundedText {
  #bytes = Buffer.alloc(0)
  #length = 0

  /** False when the text is full and part of the chunk was left out. */
  add(chunk: Uint8Array): boolean {
    const kept = chunk.subarray(0, MAX_TEXT_BYTES - this.#length)
    this.#reserve(this.#length + kept.length)
    this.#bytes.set(kept, this.#length)
    this.#length += kept.length
    return kept.length === chunk.length
  }

  #reserve(size: number): void {
    if (size <= this.#bytes.length) return
    const wanted = Math.max(size, FIRST_ALLOCATION, this.#bytes.length * 2)
    const larger = Buffer.allocUnsafe(Math.min(wanted, MAX_TEXT_BYTES))
    larger.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = larger
  }

  /**
   * The text so far, itself within the limit when encoded again. With `complete` false, a character
   * that the cut went through is left out rather than shown as U+FFFD.
   */
  read(complete: boolean): { text: string; truncated: boolean } {
    const bytes = this.#bytes.subarray(0, this.#length)
    const text = complete ? bytes.toString('utf8') : wholeCharacters(bytes)
    if (bytes.length * WORST_GROWTH <= MAX_TEXT_BYTES) return { text, truncated: !complete }
    const encoded = Buffer.from(text)
    if (encoded.length <= MAX_TEXT_BYTES) return { text, truncated: !complete }
    return { text: wholeCharacters(encoded.subarray(0, MAX_TEXT_BYTES)), truncated: true }
  }
}
