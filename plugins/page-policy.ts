/**
 * What a page may load (CSP): nothing from elsewhere, and nothing in line, but for the styles that are
 * named by their digests.
 */
export function pagePolicy(...ownStyles: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    ["style-src 'self'", ...ownStyles].join(' '),
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'"
  ].join('; ')
}
