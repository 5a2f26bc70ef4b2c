import { Type } from '@sinclair/typebox'
import { checkedInstant, type Place } from './checked-instant.ts'
import { CarillonError } from './errors.ts'
import { RUN_CAUSES, RUN_STATES, type RunCause, type RunState } from './run.ts'
import { ONE_LINE, words } from './schema.ts'
import { shown } from './validation.ts'

/** What narrows runs, whosever they are; every part must hold. */
export const RunFilterFields = {
  state: Type.Optional(words(RUN_STATES)),
  cause: Type.Optional(words(RUN_CAUSES)),
  reason: Type.Optional(
    Type.String({
      ...ONE_LINE,
      minLength: 1,
      maxLength: 100,
      description: 'Why it is in its state, such as `overlap`; needs `state`, or one job.'
    })
  ),
  from: Type.Optional(Type.String({ maxLength: 40, description: 'Scheduled at or after.' })),
  to: Type.Optional(Type.String({ maxLength: 40, description: 'Scheduled before.' }))
}

/** The same, with instants as RFC 3339 texts. */
export interface AskedRuns {
  state?: RunState
  cause?: RunCause
  reason?: string
  from?: string
  to?: string
}

/** What is left of it to be looked for; instants are epoch milliseconds. */
export interface WantedRuns extends Pick<AskedRuns, 'state' | 'cause' | 'reason'> {
  from?: number
  to?: number
}

/**
 * Reads what narrows runs. A reason alone has no index: it is looked for among the runs of a state,
 * or, where `isNarrow`, among those that something else has left.
 * @throws CarillonError `validation_failed`
 */
export function readRunFilter(
  { from, to, ...rest }: AskedRuns,
  { place, isNarrow }: { place: Place; isNarrow: boolean }
): WantedRuns {
  const at = (field: string): Place => ({ ...place, pointer: `${place.pointer}/${field}` })
  const wanted: WantedRuns = {
    ...rest,
    ...(from !== undefined && { from: checkedInstant(at('from'), from) }),
    ...(to !== undefined && { to: checkedInstant(at('to'), to) })
  }
  if (wanted.from !== undefined && wanted.to !== undefined && wanted.from > wanted.to) {
    const detail = `"from" is ${shown(from)}, which is after "to", ${shown(to)}; correct one of them.`
    throw refused(at('from'), detail)
  }
  if (rest.reason !== undefined && rest.state === undefined && !isNarrow) {
    const detail = `"reason" is ${shown(rest.reason)}, which is looked for among the runs of one state or of one job; give "state" or "job_id", too.`
    throw refused(at('reason'), detail)
  }
  return wanted
}

function refused(place: Place, detail: string): CarillonError {
  return new CarillonError('validation_failed', detail, { faults: [{ ...place, detail }] })
}
