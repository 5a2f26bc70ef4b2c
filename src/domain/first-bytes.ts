import { StringDecoder } from 'node:string_decoder'

/** A text that takes no more bytes as UTF-8: the whole, or as many of its characters as fit. */
export function firstBytes(text: string, most: number): string {
  const bytes = Buffer.from(text)
  return bytes.length <= most ? text : wholeCharacters(bytes.subarray(0, most))
}

/** What whole characters of UTF-8 there are in bytes that a cut may have gone through. */
export function wholeCharacters(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes)
}
