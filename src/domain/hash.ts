/**
 * 32 bits that depend on every character of a text and are the same for ever and everywhere: FNV-1a
 * over the UTF-16 units, then the finaliser of MurmurHash3, because the low bits of FNV are weak.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
