/** A challenge, such as `WWW-Authenticate`, opens nothing. */
const SECRET_NAME =
  /auth(?!ors?$|enticate$)|cookie|secret|token|api[-_]?key|passw|session|signature|^sig$|credential|^key$/i

/** What stands in place of a value that is not shown. */
export const MASK = '***'

/** Whether what goes by this name is likely to be a secret, such as `Authorization` or `X-Api-Key`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name)
}

/** `?name=value` and `&name=value`. */
const PARAMETER = /([?&;]([^=&;#?\s]+)=)[^&;#\s>"]+/g

/** A text that may hold URLs, without the values of parameters whose names are those of secrets. */
export function maskParameters(text: string): string {
  if (!text.includes('?')) return text
  return text.replaceAll(PARAMETER, (whole: string, start: string, name: string) =>
    isSecretName(name) ? start + MASK : whole
  )
}
