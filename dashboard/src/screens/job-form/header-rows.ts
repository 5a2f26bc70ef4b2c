import { isObject } from './pointed.ts'

/** A header as the form holds it. */
export interface HeaderRow {
  name: string
  text: string
  /** It can be set, but not read. */
  isSecret: boolean
}

export function rowsOf(headers: unknown): HeaderRow[] {
  return Object.entries(isObject(headers) ? headers : {}).map(([name, value]) => {
    const isSecret = isObject(value)
    return { name, text: String(isSecret ? value['secret'] : value), isSecret }
  })
}

/** Whether a row has the form in which the service shows the secret that it keeps. */
export function isShown({ text, isSecret }: HeaderRow): boolean {
  return isSecret && text.startsWith('***')
}

/** A row without the secret that was typed into it, which is to be nowhere but in the form. */
export function withoutTyped(row: HeaderRow): HeaderRow {
  return row.isSecret && !isShown(row) ? { ...row, text: '' } : row
}

/** @throws SyntaxError for a value without a name */
export function headersOf(rows: readonly HeaderRow[]): Record<string, unknown> | undefined {
  const used = rows.filter(({ name, text }) => name.trim() !== '' || text !== '')
  if (used.some(({ name }) => name.trim() === '')) throw new SyntaxError('a value has no name')
  if (used.length === 0) return undefined
  return Object.fromEntries(
    used.map(({ name, text, isSecret }) => [name.trim(), isSecret ? { secret: text } : text])
  )
}
