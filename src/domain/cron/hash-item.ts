import { hashOf } from '../hash.ts'
import type { CronField } from './cron-field.ts'
import { fieldRange, fieldStep } from './field-value.ts'
import { SyntaxFault } from './syntax-fault.ts'

const SHAPE = /^H(?:\(([^()]*)\))?(?:\/(.*))?$/

/** Whether an item of a list is a spread by hash, such as `H`, `H/15` or `H(0-29)/10`. */
export function isHashItem(item: string): boolean {
  return item.startsWith('H')
}

/** The item itself when it is well formed; throws `SyntaxFault` otherwise. */
export function checkHashItem(item: string, field: CronField): string {
  readHashItem(item, field)
  return item
}

/**
 * The item with `H` chosen by the seed, as Jenkins does: `H` is one value of the field, `H(a-b)` one
 * of that range, `H/s` every s-th value starting at one of the first s. In the day-of-month field it
 * chooses among 1 to 28, so that it never skips a month. The choice is
 * `hash(seed, field) mod (number of choices)`: the same for ever, and unrelated between fields.
 */
export function resolveHashItem(item: string, field: CronField, seed: string): string {
  const { from, to, step } = readHashItem(item, field)
  const start = from + (hashOf(`${field.name}:${seed}`) % (step ?? to - from + 1))
  return step === undefined ? String(start) : `${start}-${to}/${step}`
}

function readHashItem(item: string, field: CronField): { from: number; to: number; step?: number } {
  const match = SHAPE.exec(item)
  if (match === null) {
    throw new SyntaxFault(`"${item}" is not a spread; write H, H/15, H(0-29) or H(0-29)/10.`)
  }
  const [, range, every] = match
  const [from, to] = range === undefined ? [field.min, field.hashMax] : fieldRange(range, field)
  if (to > field.max) throw new SyntaxFault(`"${item}" goes past ${field.max}; end it there.`)
  if (every === undefined) return { from, to }
  const step = fieldStep(every, field)
  if (step <= to - from + 1) return { from, to, step }
  throw new SyntaxFault(`in "${item}" the step is wider than the range ${from}-${to}; shorten it.`)
}
