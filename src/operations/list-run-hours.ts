import { firstHour, hoursOf, type RunHour } from '../domain/run-hours.ts'
import { listHourCounts } from '../store/run-counts.ts'
import type { Core } from './core.ts'

/**
 * What has become by now of what was due in each of the last hours, the one that it is among them,
 * the oldest first. It was counted as it happened: pruned runs are still in it, and it costs the same
 * whatever the size of the ledger.
 * @throws CarillonError `validation_failed`
 */
export async function listRunHours(
  { db, clock }: Pick<Core, 'db' | 'clock'>,
  hours?: number
): Promise<RunHour[]> {
  const now = clock.now()
  const first = firstHour(now, hours)
  return hoursOf(await listHourCounts(db, first), { first, now })
}
