import { nowOf } from './now-of.ts'
import { listLeftRuns, type LeftRuns } from '../../src/store/left-runs.ts'
import { listReplicas } from '../../src/store/replicas.ts'
import { failed, ok, warning, type Check } from './check.ts'
import { withTables } from './needs.ts'

/** Whoever lives takes the runs of a dead replica back within seconds. */
const RESCUED_WITHIN_MS = 60_000

/** Whether every run that is running is in the hands of a replica that lives. */
export const leases: Check = {
  name: 'leases',
  run: withTables(async (database, { machine }) => {
    const now = await nowOf(database, machine.clock)
    const replicas = await listReplicas(database)
    const living = replicas.filter((replica) => replica.expires_at > now)
    const left = await listLeftRuns(database, now)
    if (left.length === 0) return ok(`${replicasOf(living.length)}; no run is left behind.`)
    const which = left.map((one) => sentence(one, now)).join(' ')
    if (living.length === 0) return warning(`${which} Start the service: it takes them back.`)
    const isLate = left.some(({ expires_at: at }) => at === null || at < now - RESCUED_WITHIN_MS)
    if (!isLate) return warning(`${which} They are being taken back.`)
    return failed(`${which} No other replica takes them back; look for errors in its log.`)
  })
}

function replicasOf(count: number): string {
  if (count === 0) return 'No replica runs'
  return count === 1 ? '1 replica runs' : `${count} replicas run`
}

function sentence({ owner, runs, name, expires_at: at }: LeftRuns, now: number): string {
  const who = name ?? `Replica ${owner}`
  const since = at === null ? 'has stopped' : `is gone since ${Math.round((now - at) / 1_000)} s`
  return `${who} ${since}, but holds ${runs === 1 ? '1 run' : `${runs} runs`}.`
}
