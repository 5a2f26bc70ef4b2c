import process from 'node:process'
import type { Test } from 'tap'
import { Random } from './random.ts'

const FIXED_SEEDS = [1, 2, 3]

const newSeed = (): number => Date.now() % 1_000_000

/** Random choices that differ with every run of a test, which says how to make the same again. */
export function seededRandom(t: Test): Random {
  return seeded(t, Number(process.env['SEED'] ?? newSeed()))
}

/**
 * For a storm that blows several times: three that are the same each time, so that a change which
 * breaks something is noticed by all, and a new one. `SEED=7` is that one alone.
 */
export function* seededRandoms(t: Test): Generator<Random> {
  const { SEED: only } = process.env
  const seeds = only === undefined ? [...FIXED_SEEDS, newSeed()] : [Number(only)]
  for (const seed of seeds) yield seeded(t, seed)
}

function seeded(t: Test, seed: number): Random {
  t.comment(`SEED=${seed}`)
  return new Random(seed)
}
