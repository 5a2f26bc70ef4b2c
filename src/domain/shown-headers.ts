import { isSecretField } from './secrets/redact.ts'

const MAX_HEADERS = 50
const MAX_VALUE_LENGTH = 1_000

/** Headers as they came: names in lower case, several values where a name came more than once. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Headers of an answer as they may be shown: what gives access is hidden, what is long is cut. */
export function shownHeaders(headers: AnswerHeaders): Record<string, string> {
  const shown = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, shownValue(name, [value].flat().join(', '))]]
  )
  return Object.fromEntries(shown.slice(0, MAX_HEADERS))
}

function shownValue(name: string, value: string): string {
  return isSecretField(name) ? '***' : value.slice(0, MAX_VALUE_LENGTH)
}
