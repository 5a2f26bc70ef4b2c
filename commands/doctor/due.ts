import { formatDuration } from '../../src/domain/duration.ts'
import { earliest, listDueLevels } from '../../src/store/levels.ts'
import { findPause } from '../../src/store/pause.ts'
import { listReplicas } from '../../src/store/replicas.ts'
import { ok, skipped, warning, type Check } from './check.ts'
import { withTables } from './needs.ts'
import { nowOf } from './now-of.ts'

const MAX_WAIT_MS = 60_000

/** Whether what is due is noticed. */
export const due: Check = {
  name: 'due jobs',
  run: withTables(async (database, { machine }) => {
    const now = await nowOf(database, machine.clock)
    const replicas = await listReplicas(database)
    if (!replicas.some((replica) => replica.expires_at > now)) {
      return skipped('No replica runs; what is due waits for one.')
    }
    const pause = await findPause(database)
    if (pause !== null) {
      return warning(
        `All scheduling is paused${pause.reason === null ? '' : ` (${pause.reason})`}; "carillon system resume" ends it.`
      )
    }
    const oldest = earliest(await listDueLevels(database))
    if (oldest === null || oldest >= now - MAX_WAIT_MS) return ok('No job is overdue.')
    const late = formatDuration(Math.floor((now - oldest) / 1_000) * 1_000)
    return warning(
      `A job is due since ${late}, and nothing has come of it; look whether /readyz of each replica is green, and raise CARILLON_MAX_CONCURRENT_RUNS if all slots are taken.`
    )
  })
}
