import { sql } from 'kysely'
import type { Db } from './db.ts'

/** A replica that is there or has ended. Instants are epoch milliseconds. */
export interface RecentReplica {
  id: number
  name: string
  host: string
  pid: number
  version: string
  started_at: number
  expires_at: number | null
  stopped_at: number | null
  passed_at: number | null
  slots: number | null
}

const COLUMNS = sql`
  id, name, host, pid, version, started_at, expires_at, stopped_at, passed_at, slots
`

/**
 * Replicas that have not ended, the newest first, and after them those that ended at or after `since`, of
 * the newest ones; at most `limit` of both together.
 */
export async function listRecentReplicas(
  db: Db,
  { since, limit }: { since: number; limit: number }
): Promise<RecentReplica[]> {
  const { rows: present } = await sql<RecentReplica>`
    select ${COLUMNS} from carillon_replicas where expires_at is not null
    order by id desc limit ${limit}
  `.execute(db.query)
  const { rows: newest } = await sql<RecentReplica>`
    select ${COLUMNS} from carillon_replicas order by id desc limit ${limit}
  `.execute(db.query)
  const ended = newest.filter(({ stopped_at: at }) => at !== null && at >= since)
  return [...present, ...ended].slice(0, limit)
}

/** When any replica that is there last looked for what is due; null where none has said so. */
export async function findLastPass(db: Db): Promise<number | null> {
  const { rows } = await sql<{ last: number | null }>`
    select max(passed_at) as last from carillon_replicas where expires_at is not null
  `.execute(db.query)
  return rows[0]?.last ?? null
}
