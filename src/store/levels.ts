import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'

/** A priority at which something waits, and the earliest instant at which it may go ahead. */
export interface Level {
  priority: number
  /** Epoch milliseconds. */
  at: number
}

/** Where jobs wait for their next occurrence, the highest priority first. */
export function listDueLevels(db: Db): Promise<Level[]> {
  return listLevels(db, {
    table: sql`carillon_jobs`,
    priority: sql.ref(db.dialect.priorityOf.dueJobs),
    at: sql`next_run_at`,
    isWaiting: sql`next_run_at is not null`
  })
}

/**
 * Where pending runs wait, the highest priority first: those whose handler is one of these, or, with
 * null, all of them.
 */
export function listAvailableLevels(db: Db, handlers: readonly string[] | null): Promise<Level[]> {
  const isOurs =
    handlers === null
      ? sql``
      : sql`and (handler is null or handler ${db.dialect.amongTexts(handlers)})`
  return listLevels(db, {
    table: sql`carillon_runs`,
    priority: sql.ref(db.dialect.priorityOf.availableRuns),
    at: sql`available_at`,
    isWaiting: sql`available_at is not null ${isOurs}`
  })
}

/** The earliest instant of all levels; null when nothing waits. */
export function earliest(levels: readonly Level[]): number | null {
  return levels.length === 0 ? null : Math.min(...levels.map((level) => level.at))
}

/** Where to look, and for what. */
type Waiting = Readonly<Record<'table' | 'priority' | 'at' | 'isWaiting', RawBuilder<unknown>>>

/**
 * Steps from each priority to the next lower one, and looks up the earliest instant of each: two
 * probes of the index a priority, however many rows wait there. One statement could do it all, but not
 * every planner finds the index for what an outer row decides.
 */
async function listLevels(db: Db, waiting: Waiting): Promise<Level[]> {
  const levels: Level[] = []
  let priority = await findHighest(db, waiting)
  while (priority !== null) {
    const { at, lower } = await findLevel(db, waiting, priority)
    // Taken in the meantime.
    if (at !== null) levels.push({ priority, at })
    priority = lower
  }
  return levels
}

async function findHighest(
  db: Db,
  { table, priority, isWaiting }: Waiting
): Promise<number | null> {
  const { rows } = await sql<{ priority: number }>`
    select ${priority} as priority from ${table}
    where ${priority} is not null and ${isWaiting} order by ${priority} desc limit 1
  `.execute(db.query)
  return rows[0]?.priority ?? null
}

/** The earliest instant at a priority, and the next lower one at which something waits. */
async function findLevel(
  db: Db,
  { table, priority, at, isWaiting }: Waiting,
  value: number
): Promise<{ at: number | null; lower: number | null }> {
  const { rows } = await sql<{ at: number | null; lower: number | null }>`
    select (
      select ${at} from ${table}
      where ${priority} = ${value} and ${isWaiting} order by ${at} limit 1
    ) as at, (
      select ${priority} from ${table}
      where ${priority} < ${value} and ${isWaiting} order by ${priority} desc limit 1
    ) as lower
  `.execute(db.query)
  return rows[0] ?? { at: null, lower: null }
}
