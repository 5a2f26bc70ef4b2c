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
    at: sql`available_at`,
    isWaiting: sql`available_at is not null ${isOurs}`
  })
}

/** The earliest instant of all levels; null when nothing waits. */
export function earliest(levels: readonly Level[]): number | null {
  return levels.length === 0 ? null : Math.min(...levels.map((level) => level.at))
}

/**
 * Steps from each priority to the next lower one, and looks up the earliest instant of each: two
 * probes of the index a priority, however many rows wait there.
 */
async function listLevels(
  db: Db,
  { table, at, isWaiting }: Record<'table' | 'at' | 'isWaiting', RawBuilder<unknown>>
): Promise<Level[]> {
  const { rows } = await sql<Level>`
    with recursive level (priority) as (
      select * from (
        select priority from ${table} where ${isWaiting} order by priority desc limit 1
      ) as highest
      union all
      select (
        select waiting.priority from ${table} as waiting
        where ${isWaiting} and waiting.priority < level.priority
        order by waiting.priority desc limit 1
      ) from level where level.priority is not null
    )
    select level.priority, (
      select ${at} from ${table} as waiting
      where ${isWaiting} and waiting.priority = level.priority
      order by waiting.priority, ${at} limit 1
    ) as at
    from level where level.priority is not null order by level.priority desc
  `.execute(db.query)
  return rows
}
