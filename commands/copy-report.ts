import type { CopiedRows } from '../src/store/copy-database.ts'

const HEAD = ['table', 'rows copied', 'compared']

/** What was copied, as a table for people. */
export function copyReport(rows: readonly CopiedRows[]): string {
  const lines = [
    HEAD,
    ...rows.map(({ table, copied, compared }) => [table, String(copied), String(compared)])
  ]
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  )
  const cell = (text: string, column: number): string =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0)
  return lines.map((line) => `${line.map(cell).join('  ')}\n`).join('')
}
