/**
 * The place in a list where a page ended, as clients hand it back: opaque to them, so that what is
 * in it can change.
 */
export function encodeCursor(position: readonly number[]): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** The position in a cursor, `length` whole numbers; null when the text is no cursor of ours. */
export function decodeCursor(cursor: string, length: number): number[] | null {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (!Array.isArray(position) || position.length !== length) return null
    const numbers = position.filter((part): part is number => Number.isSafeInteger(part))
    return numbers.length === length ? numbers : null
  } catch {
    return null
  }
}
