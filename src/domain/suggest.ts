/** Edit distance between two short words; two letters swapped are one edit (Damerau 1964). */
function distance(left: string, right: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (let row = 1; row <= left.length; row++) {
    const current = [row]
    for (let column = 1; column <= right.length; column++) {
      const substitution =
        (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1)
      const insertion = (current[column - 1] ?? 0) + 1
      const deletion = (previous[column] ?? 0) + 1
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1]
      const swap = isSwap ? (beforePrevious[column - 2] ?? Infinity) + 1 : Infinity
      current.push(Math.min(substitution, insertion, deletion, swap))
    }
    beforePrevious = previous
    previous = current
  }
  return previous[right.length] ?? 0
}

/** The known word nearest to a mistyped one, or null when none is near enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 64) return null
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1
  for (const candidate of known) {
    const candidateDistance = distance(word.toLowerCase(), candidate.toLowerCase())
    if (candidateDistance < bestDistance) {
      best = candidate
      bestDistance = candidateDistance
    }
  }
  return best
}

/** " Did you mean “x”?" with a leading space, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const candidate = nearest(word, known)
  return candidate === null ? '' : ` Did you mean "${candidate}"?`
}
