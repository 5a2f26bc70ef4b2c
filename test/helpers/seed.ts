import process from 'node:process'
import type { Test } from 'tap'
import { Random } from './random.ts'

/** Random choices that differ with every run of a test, which says how to make the same again. */
export function seededRandom(t: Test): Random {
  const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
  t.comment(`SEED=${seed}`)
  return new Random(seed)
}
