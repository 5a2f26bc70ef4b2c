import type { System } from '../../client.ts'
import { formatDuration } from '../../src/domain/duration.ts'
import type { SystemReplica } from '../../src/domain/system.ts'
import { fromNow } from '../ago.ts'
import type { Column } from '../table.ts'

/** What a list of replicas shows. */
export function replicaColumns(now: number): Column<SystemReplica>[] {
  return [
    { title: 'REPLICA', cell: ({ id }) => String(id) },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'NAME', cell: ({ name }) => name, shrinks: true },
    { title: 'RUNNING', cell: ({ running, slots }) => `${running} of ${slots ?? '?'}` },
    { title: 'VERSION', cell: ({ version }) => version },
    { title: 'STARTED', cell: ({ started_at: at }) => fromNow(at, now) },
    { title: 'LOOKED', cell: ({ passed_at: at }) => fromNow(at, now) }
  ]
}

/** The rest of what is told of a service, each with its name. */
export function factsOf(system: System): [name: string, value: string][] {
  const { store, backlog, retention, scheduling, cache } = system
  const oldest = backlog.oldest_due_age_ms
  return [
    ['version', `${system.version}, Node ${system.node}`],
    ['scheduling', schedulingOf(scheduling)],
    ['store', `${store.version}, ${sizeOf(store.size_bytes)}, answers in ${store.latency_ms} ms`],
    ['running', String(backlog.running)],
    ['pending', String(backlog.pending)],
    ['due', `${backlog.due}${oldest === null ? '' : `, for ${formatDuration(oldest)}`}`],
    ['cache', cache === null ? 'none' : `${cache.size} of ${cache.max} jobs, ${hitsOf(cache)}`],
    ['retention', `${retention.age}, ${retention.count} runs of a job`]
  ]
}

function schedulingOf({ state, reason, paused_by: by }: System['scheduling']): string {
  const why = reason === null ? '' : `: ${reason}`
  return `${state}${by === null ? '' : ` by ${by}`}${why}`
}

function sizeOf(bytes: number | null): string {
  return bytes === null ? 'size unknown' : `${(bytes / 1_048_576).toFixed(1)} MiB`
}

function hitsOf({ hit_rate: rate }: NonNullable<System['cache']>): string {
  return rate === null ? 'not read yet' : `${Math.round(rate * 100)} % hits`
}
