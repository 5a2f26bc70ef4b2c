/** Where the first character of UTF-8 begins: before it may be the rest of one that was cut. */
export function firstCharacter(bytes: Buffer): number {
  const isContinuation = (byte: number | undefined): boolean =>
    byte !== undefined && (byte & 0xc0) === 0x80
  let index = 0
  while (index < 3 && isContinuation(bytes[index])) index++
  return index
}
