import type { Pruned } from '../../domain/system.ts'
import { createPruner, type PrunedBatch } from '../../engine/pruner.ts'
import type { SystemCore } from './core.ts'

/** Batches of one request, each a transaction of its own: a few seconds of work at the most. */
const MAX_BATCHES = 60

/**
 * Deletes what is past retention, as every replica does by itself bit by bit. At most sixty batches of a
 * thousand runs, two hundred jobs with too many of them, or two hundred changes each.
 */
export async function pruneNow(core: SystemCore): Promise<Pruned> {
  const pruner = createPruner(core)
  let left = MAX_BATCHES
  let more = false
  const goThrough = async (next: () => Promise<PrunedBatch>): Promise<number> => {
    let deleted = 0
    let isThrough = false
    for (; left > 0 && !isThrough; left--) {
      const batch = await next()
      deleted += batch.deleted
      ;({ isThrough } = batch)
    }
    more ||= !isThrough
    return deleted
  }
  const old = await goThrough(pruner.oldRuns)
  const surplus = await goThrough(pruner.surplus)
  const changes = await goThrough(pruner.changes)
  const runs = old + surplus
  if (runs > 0) core.events.emit('runs_pruned', { count: runs })
  return { runs, changes, more }
}
