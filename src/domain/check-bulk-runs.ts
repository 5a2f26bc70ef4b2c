import { BulkRunsRequest } from './bulk-runs.ts'
import { refuse } from './errors.ts'
import { readRunFilter, type WantedRuns } from './run-filter.ts'
import type { RunState } from './run.ts'
import { createParser } from './validation.ts'

type Action = BulkRunsRequest['action']

const parseRequest = createParser(BulkRunsRequest, 'body')

/** States in which a run can be done something to. */
const STATES_OF: Readonly<Record<Action, readonly RunState[]>> = {
  retry: ['failed', 'cancelled'],
  cancel: ['pending', 'running']
}

/** Those that are meant where none is named: what was cancelled is not tried again by the way. */
const MEANT: Readonly<Record<Action, readonly RunState[]>> = {
  retry: ['failed'],
  cancel: ['pending', 'running']
}

/** Runs to act on: those of any of the filters. */
export interface WantedBulk {
  action: Action
  filters: readonly (WantedRuns & { ids?: readonly number[]; jobId?: number })[]
}

/** @throws CarillonError `validation_failed` */
export function checkBulkRuns(value: unknown): WantedBulk {
  const { action, filter } = parseRequest(value)
  if (Object.keys(filter).length === 0) {
    throw refuse('/filter', '"filter" is empty; say which runs, such as {"state": "failed"}.')
  }
  const { ids, job_id: jobId, ...rest } = filter
  const states = STATES_OF[action]
  if (rest.state !== undefined && !states.includes(rest.state)) {
    const detail = `"filter.state" is "${rest.state}", but the action "${action}" is for runs that are ${states.join(' or ')}.`
    throw refuse('/filter/state', detail)
  }
  const isNarrow = ids !== undefined || jobId !== undefined
  const wanted = {
    ...readRunFilter(rest, { place: { in: 'body', pointer: '/filter' }, isNarrow }),
    ...(ids !== undefined && { ids }),
    ...(jobId !== undefined && { jobId })
  }
  // What is named one by one is meant as it is, and refuses by itself.
  const isMeant = wanted.state !== undefined || ids !== undefined
  return {
    action,
    filters: isMeant ? [wanted] : MEANT[action].map((state) => ({ ...wanted, state }))
  }
}
