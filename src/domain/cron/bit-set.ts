/** What a search in a set answers when there is no such member. */
export const NONE = -1

/** Index of the lowest bit set; `bits` must not be 0. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits)
}

/** Index of the highest bit set; `bits` must not be 0. */
export function highestBit(bits: number): number {
  return 31 - Math.clz32(bits)
}

/** How many bits are set (Warren, Hacker's Delight, 5-1). */
export function countBits(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}

/** The bits below `index`, which may be 0 to 31. */
export function bitsBelow(index: number): number {
  return (1 << index) - 1
}

/**
 * Some of the numbers 0 to 59, as two 30-bit halves: no search allocates, and the whole set is
 * three small integers, so that many thousand compiled schedules stay cheap.
 */
export class BitSet {
  readonly #low: number
  readonly #high: number
  readonly size: number

  constructor(members: Iterable<number>) {
    let low = 0
    let high = 0
    for (const n of members) {
      if (n < 30) low |= 1 << n
      else high |= 1 << (n - 30)
    }
    this.#low = low
    this.#high = high
    this.size = countBits(low) + countBits(high)
  }

  has(n: number): boolean {
    return n < 30 ? (this.#low & (1 << n)) !== 0 : (this.#high & (1 << (n - 30))) !== 0
  }

  /** The smallest member that is at least `n` (0 to 60), or NONE. */
  atLeast(n: number): number {
    if (n < 30) {
      const low = this.#low & ~bitsBelow(n)
      if (low !== 0) return lowestBit(low)
    }
    const high = n <= 30 ? this.#high : this.#high & ~bitsBelow(n - 30)
    return high === 0 ? NONE : 30 + lowestBit(high)
  }

  /** The largest member that is at most `n` (-1 to 59), or NONE. */
  atMost(n: number): number {
    if (n >= 30) {
      const high = this.#high & bitsBelow(n - 29)
      if (high !== 0) return 30 + highestBit(high)
    }
    const low = n >= 29 ? this.#low : this.#low & bitsBelow(n + 1)
    return low === 0 ? NONE : highestBit(low)
  }

  /** How many members are smaller than `n` (0 to 60). */
  below(n: number): number {
    if (n <= 30) return countBits(this.#low & bitsBelow(n))
    return countBits(this.#low) + countBits(this.#high & bitsBelow(n - 30))
  }

  *[Symbol.iterator](): Generator<number> {
    for (let n = this.atLeast(0); n !== NONE; n = this.atLeast(n + 1)) yield n
  }
}
