import {
  createManualClock as createClock,
  settleTurns,
  type ManualClock
} from '../../src/testing/manual-clock.ts'
import { isActive, untilIdle } from './activity.ts'

export type { ManualClock } from '../../src/testing/manual-clock.ts'

const SETTLE_TURNS = 12

/** Statements on servers take their time: whatever goes on there is waited for, too. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < SETTLE_TURNS; turn++) {
    await settleTurns(1)
    if (!isActive()) continue
    await untilIdle()
    turn = 0
  }
}

/** The clock of the testing kit, for databases of any kind. */
export function createManualClock(start?: number): ManualClock {
  return createClock({ settle, ...(start !== undefined && { start }) })
}
