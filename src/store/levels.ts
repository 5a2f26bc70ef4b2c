import { sql, type RawBuilder } from 'kysely'
import type { Db } from './db.ts'
import { goesOn } from './pause.ts'

/** A priority at which something waits, and the earliest instant at which it may go ahead. */
export interface Level {
  priority: number
  /** Epoch milliseconds. */
  at: number
}

/** Where to look for what waits. */
interface Source {
  table: RawBuilder<unknown>
  /** Its column of instants: NULL in rows that do not wait, which are nearly all of them. */
  at: RawBuilder<unknown>
  /** What else holds for the rows that count; begins with "and", or is empty. */
  more: RawBuilder<unknown>
  /** Without it there are no levels at all. */
  provided: RawBuilder<unknown>
}

const ALWAYS = sql`1 = 1`

const JOBS = { table: sql`carillon_jobs`, at: sql`next_run_at`, more: sql`` }

/**
 * Where jobs wait for their next occurrence, the highest priority first; nowhere while scheduling is
 * paused.
 */
export function listDueLevels(db: Db): Promise<Level[]> {
  return listLevels(db, { ...JOBS, provided: goesOn })
}

/** The same, whether scheduling is paused or not. */
export function listPlannedLevels(db: Db): Promise<Level[]> {
  return listLevels(db, { ...JOBS, provided: ALWAYS })
}

/**
 * Where pending runs wait, the highest priority first: those that may be claimed by who has these
 * handlers, which are none while scheduling is paused; or, with null, all of them.
 */
export function listAvailableLevels(db: Db, handlers: readonly string[] | null): Promise<Level[]> {
  const more =
    handlers === null
      ? sql``
      : sql`and (handler is null or handler ${db.dialect.amongTexts(handlers)})`
  const provided = handlers === null ? ALWAYS : goesOn
  return listLevels(db, { table: sql`carillon_runs`, at: sql`available_at`, more, provided })
}

/** The earliest instant of all levels; null when nothing waits. */
export function earliest(levels: readonly Level[]): number | null {
  return levels.length === 0 ? null : Math.min(...levels.map((level) => level.at))
}

/** The index that is used holds only what waits, or everything; each wants a statement of its own. */
function listLevels(db: Db, source: Source): Promise<Level[]> {
  return db.dialect.hasPartialIndexes ? stepDown(db, source) : probeEach(db, source)
}

/**
 * Steps from each priority to the next lower one, and looks up the earliest instant of each: two
 * probes of the index a priority, however many rows wait there.
 */
async function stepDown(db: Db, { table, at, more, provided }: Source): Promise<Level[]> {
  const isWaiting = sql`${at} is not null ${more}`
  const { rows } = await sql<Level>`
    with recursive level (priority) as (
      select * from (
        select priority from ${table} where ${isWaiting} and ${provided}
        order by priority desc limit 1
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

/** No instant is earlier: https://tc39.es/ecma262/#sec-time-values-and-time-range */
const EARLIEST = sql.lit(-8_640_000_000_000_000)

/**
 * Reads which priorities there are by leaps through the index, and then probes each of them. Stepping
 * down would walk through all that does not wait any more, which the index holds as well.
 */
async function probeEach(db: Db, { table, at, more, provided }: Source): Promise<Level[]> {
  const { rows: known } = await sql<{ priority: number }>`
    select distinct priority from ${table}
  `.execute(db.query)
  if (known.length === 0) return []
  const probes = known.map(
    ({ priority }) => sql`(
      select priority, ${at} as at from ${table}
      where priority = ${priority} and ${at} >= ${EARLIEST} ${more} order by ${at} limit 1
    )`
  )
  const { rows } = await sql<Level>`
    select * from (${sql.join(probes, sql` union all `)}) as level
    where ${provided} order by priority desc
  `.execute(db.query)
  return rows
}
