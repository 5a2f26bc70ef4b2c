import { isRunAction, type ChangeAction } from '../domain/change.ts'
import type { JobFeedChange } from '../domain/feed-event.ts'
import type { Clock } from '../domain/clock.ts'
import { idsOf } from '../engine/ids-of.ts'
import { toChange } from '../store/change-codec.ts'
import type { Db } from '../store/db.ts'
import {
  findNewestId,
  listChangesAfter,
  listChangesByIds,
  listRunningRuns,
  listRunsAfter,
  listRunsByIds,
  listWaitingRunIds
} from '../store/news.ts'
import { toFeedRun, type RunNews } from '../store/run-codec.ts'
import type { Gathering } from './gathering.ts'
import { createIdTrail, type IdTrail } from './id-trail.ts'
import type { RunMarks } from './run-marks.ts'

/** The most rows of a kind that one look reads. */
const MAX_ROWS = 1_000
/** How far before the newest row others may be on their way when the first look is taken. */
const HEADROOM = 100

export interface StoreNewsParts {
  db: Db
  clock: Clock
  gathering: Gathering
  marks: RunMarks
  /** Whether anybody is to be told of changes. */
  areChangesWanted(): boolean
}

/** Looks at the store for what happened there, whichever replica did it. */
export interface StoreNews {
  /** Gathers what is new since the look before. */
  look(): Promise<void>
  /** How many runs were going on at the last look. */
  running(): number
}

/** From here on the store is followed. */
export async function followStore(parts: StoreNewsParts): Promise<StoreNews> {
  const { db, clock, gathering, marks } = parts
  const runs = await followTable(parts, 'carillon_runs', listRunsAfter)
  const changes = await followTable(parts, 'carillon_changes', listChangesAfter)
  /** Runs that are not over. */
  let open = new Set(await listWaitingRunIds(db, MAX_ROWS))
  let running = 0
  for (const run of await listRunningRuns(db, MAX_ROWS)) open.add(run.id)

  const tell = (row: RunNews, position: number): void => {
    const run = toFeedRun(row)
    if (!marks.isNews(run, position)) return
    gathering.addRun(run)
    gathering.addJob(run.job_id, 'moved')
  }

  const lookAtRuns = async (): Promise<void> => {
    const position = marks.position()
    const now = clock.now()
    const added = await listRunsAfter(db, runs.last(), MAX_ROWS)
    const held = await listRunningRuns(db, MAX_ROWS)
    const read = new Set([...added, ...held].map((run) => run.id))
    const known = [...open, ...runs.gaps(now)].filter((id) => !read.has(id))
    const rows = await listRunsByIds(db, known)
    if (added.length === MAX_ROWS) await skipAhead(parts, runs, 'carillon_runs')
    running = held.length
    const found = new Map([...added, ...held, ...rows].map((row) => [row.id, row]))
    for (const row of found.values()) tell(row, position)
    runs.see(idsOf([...added, ...rows]), now)
    open = new Set(idsOf([...found.values()].filter(isOpen)).slice(-MAX_ROWS))
  }

  const lookAtChanges = async (): Promise<void> => {
    const now = clock.now()
    const added = await listChangesAfter(db, changes.last(), MAX_ROWS)
    const late = await listChangesByIds(db, changes.gaps(now))
    if (added.length === MAX_ROWS) await skipAhead(parts, changes, 'carillon_changes')
    for (const row of [...late, ...added]) {
      const change = toChange(row)
      if (parts.areChangesWanted()) gathering.addChange(change)
      if (change.job_id !== null) gathering.addJob(change.job_id, jobChangeOf(change.action))
    }
    changes.see(idsOf([...late, ...added]), now)
  }

  return {
    running: () => running,
    look: async () => {
      await lookAtRuns()
      await lookAtChanges()
    }
  }
}

type FollowedTable = Parameters<typeof findNewestId>[1]

/** What is there already is news to nobody, but what is on its way is. */
async function followTable(
  { db, clock }: StoreNewsParts,
  table: FollowedTable,
  listAfter: (db: Db, id: number, limit: number) => Promise<{ id: number }[]>
): Promise<IdTrail> {
  const newest = await findNewestId(db, table)
  const trail = createIdTrail(Math.max(0, newest - HEADROOM))
  trail.see(idsOf(await listAfter(db, trail.last(), HEADROOM)), clock.now())
  return trail
}

/** More was written than can be told: it goes on with what comes next. */
async function skipAhead(
  { db, gathering, clock }: StoreNewsParts,
  trail: IdTrail,
  table: FollowedTable
): Promise<void> {
  gathering.flood()
  trail.see([await findNewestId(db, table)], clock.now())
}

function isOpen(run: RunNews): boolean {
  return run.state === 'pending' || run.state === 'running'
}

function jobChangeOf(action: ChangeAction): JobFeedChange {
  if (action === 'created' || action === 'deleted') return action
  return isRunAction(action) ? 'moved' : 'updated'
}
