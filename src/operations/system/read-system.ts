import { performance } from 'node:perf_hooks'
import { formatDuration } from '../../domain/duration.ts'
import { formatInstant } from '../../domain/instant.ts'
import type { System } from '../../domain/system.ts'
import { countHeldRuns, countPendingRuns } from '../../store/count-runs.ts'
import type { Db } from '../../store/db.ts'
import { findBacklog } from '../../store/observe.ts'
import { findPause } from '../../store/pause.ts'
import { toScheduling } from '../../store/pause-codec.ts'
import { listRecentReplicas } from '../../store/recent-replicas.ts'
import { toSystemReplica } from '../../store/replica-codec.ts'
import { findServerVersion } from '../../store/server-version.ts'
import { findStoreSize } from '../../store/store-size.ts'
import type { SystemCore } from './core.ts'

/** Counting stops here, what is due at the smaller one. */
const MAX_RUNS = 10_000
const MAX_DUE = 1_000
const MAX_REPLICAS = 200
/** How long a replica that has ended is shown. */
const SHOWN_MS = 3_600_000

/** How the service is. Bounded, however much there is of anything, and changes nothing. */
export async function readSystem(core: SystemCore): Promise<System> {
  const { db, clock, identity, facts, retention } = core
  const asked = performance.now()
  const pause = await findPause(db)
  const latencyMs = performance.now() - asked
  const now = clock.now()
  const held = await countHeldRuns(db, MAX_RUNS)
  const replicas = await listRecentReplicas(db, { since: now - SHOWN_MS, limit: MAX_REPLICAS })
  const { replica: self, lastPassAt } = core.status()
  const context = { now, self, lastPassAt, held }
  return {
    version: identity.version,
    node: facts.node,
    started_at: formatInstant(core.startedAt),
    now: formatInstant(now),
    scheduling: toScheduling(pause),
    replicas: replicas.map((row) => toSystemReplica(row, context)),
    store: {
      kind: db.dialect.name,
      version: await findServerVersion(db),
      size_bytes: await findStoreSize(db),
      latency_ms: Math.round(latencyMs * 100) / 100,
      clock_offset_ms: facts.clockSkewMs()
    },
    backlog: {
      ...(await readBacklog(db, now)),
      running: [...held.values()].reduce((sum, count) => sum + count, 0)
    },
    cache: facts.cache(),
    retention: { age: formatDuration(retention.ageMs), count: retention.perJob },
    config: [...facts.config]
  }
}

async function readBacklog(db: Db, now: number) {
  const { count, oldest_due_at: oldest } = await findBacklog(db, now, MAX_DUE)
  return {
    due: count,
    oldest_due_age_ms: oldest === null ? null : now - oldest,
    pending: await countPendingRuns(db, MAX_RUNS)
  }
}
