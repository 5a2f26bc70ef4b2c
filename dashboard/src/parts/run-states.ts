import type { RunState } from '../../../src/domain/run.ts'

/** Every state of a run, in the order in which they are offered. */
export const RUN_STATES = [
  'pending',
  'running',
  'succeeded',
  'failed',
  'cancelled',
  'skipped',
  'missed'
] as const satisfies readonly RunState[]
