import process from 'node:process'
import { renderTable, type Column } from './table.ts'

const DEFAULT_WIDTH = 80

/** One JSON document, as the API has it. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}

/** A table as wide as the terminal. */
export function printTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): void {
  process.stdout.write(renderTable(columns, rows, process.stdout.columns ?? DEFAULT_WIDTH))
}

/** A line for people, which is no part of what a program reads. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`)
}
