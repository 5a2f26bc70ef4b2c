/** Whatever was thrown, as an error: what is no error is told as it is. */
export function errorOf(cause: unknown): Error {
  return cause instanceof Error ? cause : new Error(String(cause))
}
