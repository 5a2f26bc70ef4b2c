import { Type, type Static } from '@sinclair/typebox'
import { refuse } from './errors.ts'
import type { IsExcluded } from './exclusion.ts'
import { instantInBody } from './checked-instant.ts'
import { formatInstant } from './instant.ts'
import type { Schedule } from './schedule.ts'
import { shown } from './validation.ts'

/** The most occurrences that one backfill runs. */
export const MAX_BACKFILL = 1_000

/** Which occurrences of the past to run, from and to included, RFC 3339. */
export const BackfillRequest = Type.Object(
  {
    from: Type.String({ maxLength: 40, examples: ['2026-01-01T00:00:00Z'] }),
    to: Type.String({ maxLength: 40, description: 'Not later than now.' }),
    dry_run: Type.Optional(Type.Boolean({ description: 'Answer the same, but run nothing.' }))
  },
  { additionalProperties: false }
)
export type BackfillRequest = Static<typeof BackfillRequest>

/** What a backfill did, or would do. */
export const Backfill = Type.Object(
  {
    dry_run: Type.Boolean(),
    created: Type.Integer({ description: 'Occurrences that are to run now.' }),
    existing: Type.Integer({ description: 'Occurrences that a backfill had run before.' }),
    excluded: Type.Integer({ description: 'Occurrences left out, because the job excludes them.' }),
    occurrences: Type.Array(Type.String(), {
      description: 'Those that are to run and those that had been run, oldest first.'
    })
  },
  { $id: 'Backfill' }
)
export type Backfill = Static<typeof Backfill>

/** A stretch of time, both ends included; epoch milliseconds. */
export interface Stretch {
  from: number
  to: number
}

/** @throws CarillonError `validation_failed` */
export function parseStretch(request: { from: string; to: string }, now: number): Stretch {
  const from = instantInBody('/from', request.from)
  const to = instantInBody('/to', request.to)
  if (to > now) {
    throw refuse(
      '/to',
      `"to" is ${shown(request.to)}, but must not be later than now, ${formatInstant(now)}; what is still to come runs by itself.`
    )
  }
  if (from < to) return { from, to }
  throw refuse(
    '/from',
    `"from" is ${shown(request.from)}, which is not before "to", ${shown(request.to)}; correct one of them.`
  )
}

/**
 * The occurrences in a stretch, oldest first: those to run, and how many are excluded.
 * @throws CarillonError `validation_failed` when there are more than a backfill may have
 */
export function listStretch(
  schedule: Schedule,
  isExcluded: IsExcluded,
  { from, to }: Stretch
): { occurrences: number[]; excluded: number } {
  const count = schedule.count(from - 1, to)
  const all: number[] = []
  for (let at = schedule.next(from - 1); at !== null && at <= to; at = schedule.next(at)) {
    if (all.length === MAX_BACKFILL) throw tooMany(count, { from, to: all.at(-1) ?? to })
    all.push(at)
  }
  const occurrences = all.filter((at) => !isExcluded(at))
  return { occurrences, excluded: all.length - occurrences.length }
}

function tooMany(count: number, fitting: Stretch): Error {
  return refuse(
    '/to',
    `There are ${count} occurrences from "from" to "to", but a backfill runs at most ${MAX_BACKFILL}; begin with "to": "${formatInstant(fitting.to)}", and go on from there.`
  )
}
