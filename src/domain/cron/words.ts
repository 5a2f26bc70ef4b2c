/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

/** 1st, 2nd, 3rd, 4th … 31st. */
export function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13
  const suffix = teen ? undefined : ['th', 'st', 'nd', 'rd'][n % 10]
  return `${n}${suffix ?? 'th'}`
}

/** 7 is "07". */
export function twoDigits(n: number): string {
  return String(n).padStart(2, '0')
}

/** The distance between neighbours when it is the same for all of at least two; else null. */
export function commonStep(sorted: readonly number[]): number | null {
  const [first, second] = sorted
  if (first === undefined || second === undefined) return null
  const step = second - first
  return sorted.every((n, i) => n === first + i * step) ? step : null
}

/** Whether a list is three or more neighbours, told by its ends. */
export function isRun(sorted: readonly number[]): boolean {
  return sorted.length >= 3 && commonStep(sorted) === 1
}

/**
 * The members of a list by name: "Monday, Wednesday and Friday", or "Monday to Friday" for three or
 * more neighbours.
 */
export function namesOf(sorted: readonly number[], name: (n: number) => string): string {
  const first = sorted.at(0)
  const last = sorted.at(-1)
  if (first === undefined || last === undefined) return ''
  if (isRun(sorted)) return `${name(first)} to ${name(last)}`
  return joinWords(sorted.map(name))
}
