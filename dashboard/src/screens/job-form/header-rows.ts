import { isObject } from './pointed.ts'

/** A header as the form holds it. */
export interface HeaderRow {
  name: string
  text: string
  /** As it came: a value that is no string, such as a secret that is shown in part, stays one. */
  was?: unknown
}

export function rowsOf(headers: unknown): HeaderRow[] {
  return Object.entries(isObject(headers) ? headers : {}).map(([name, was]) => ({
    name,
    text: typeof was === 'string' ? was : JSON.stringify(was),
    was
  }))
}

/** @throws SyntaxError for a value without a name, and for an object that is written wrongly */
export function headersOf(rows: readonly HeaderRow[]): Record<string, unknown> | undefined {
  const used = rows.filter(({ name, text }) => name.trim() !== '' || text !== '')
  if (used.some(({ name }) => name.trim() === '')) throw new SyntaxError('a value has no name')
  if (used.length === 0) return undefined
  return Object.fromEntries(used.map((row) => [row.name.trim(), valueOf(row)]))
}

function valueOf({ text, was }: HeaderRow): unknown {
  const isText = was === undefined || typeof was === 'string'
  return isText ? text : JSON.parse(text)
}
