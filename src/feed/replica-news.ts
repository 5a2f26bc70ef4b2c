import type { Static } from '@sinclair/typebox'
import type { ReplicaEvent } from '../domain/feed-event.ts'
import { formatInstant } from '../domain/instant.ts'
import type { Db } from '../store/db.ts'
import { listReplicas, type LiveReplica } from '../store/replicas.ts'

type ReplicaNews = Static<typeof ReplicaEvent>

/** Tells which replicas came and went between two looks. */
export async function followReplicas(db: Db): Promise<{ look(): Promise<ReplicaNews[]> }> {
  let known = byId(await listReplicas(db))
  return {
    look: async () => {
      const before = known
      known = byId(await listReplicas(db))
      const left = [...before.values()].filter(({ id }) => !known.has(id))
      const joined = [...known.values()].filter(({ id }) => !before.has(id))
      return [...left.map(newsOf('left')), ...joined.map(newsOf('joined'))]
    }
  }
}

function byId(replicas: readonly LiveReplica[]): Map<number, LiveReplica> {
  return new Map(replicas.map((replica) => [replica.id, replica]))
}

function newsOf(change: ReplicaNews['change']): (replica: LiveReplica) => ReplicaNews {
  return ({ id, name, version, started_at: startedAt }) => ({
    id,
    change,
    name,
    version,
    started_at: formatInstant(startedAt)
  })
}
