import { cpus, totalmem } from 'node:os'
import process from 'node:process'
import { version } from '../src/version.ts'

/** One figure: ours, what the machine could do without us, and what we want of their ratio. */
export interface Line {
  what: string
  ours: string
  limit?: string
  ratio?: number
  aim?: string
}

/**
 * Whether an aim was met: that of a ratio (`≥ 0.70`), or with a unit, that of our own figure (`≤ 20 ms`).
 * Empty where there is none, or nothing was measured.
 */
export function verdictOf({ ours, ratio, aim }: Line): 'met' | 'missed' | '' {
  const parts = /^([≥≤]) ([\d.,]+)(?: (\S+))?$/.exec(aim ?? '')
  if (parts === null) return ''
  const [, sign, bound = '', unit] = parts
  const value = unit === undefined ? ratio : amountOf(ours, unit)
  if (value === undefined) return ''
  const limit = Number(bound.replaceAll(',', ''))
  return (sign === '≥' ? value >= limit : value <= limit) ? 'met' : 'missed'
}

function amountOf(text: string, unit: string): number | undefined {
  const [amount = '', own] = text.split(' ')
  return own === unit ? Number(amount.replaceAll(',', '')) : undefined
}

/** The middle one, or the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** The smallest value that a share `q` of all values does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN
}

/** A rate as it is shown: `48,300/s`. */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString('en')}/s`
}

/** On what all this was measured. */
export function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const { node, v8 } = process.versions
  return `carillon ${version}, node ${node}, v8 ${v8}, ${process.platform} ${process.arch}, ${cpus().length} × ${cpu?.model ?? 'unknown'}, ${memory} GiB`
}

/** The lines of a part under its name, in columns. */
export function table(title: string, lines: readonly Line[]): string {
  const rows = [
    [title, 'ours', 'beside', 'ratio', 'aim', ''],
    ...lines.map((line) => [
      line.what,
      line.ours,
      line.limit ?? '',
      line.ratio === undefined ? '' : line.ratio.toFixed(2),
      line.aim ?? '',
      verdictOf(line)
    ])
  ]
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  )
  return rows.map((row) => aligned(row, widths)).join('\n')
}

/** Words to the left, figures to the right. */
function aligned(row: readonly string[], widths: readonly number[]): string {
  const cells = row.map((cell, column) =>
    column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  )
  return cells.join('  ').trimEnd()
}
