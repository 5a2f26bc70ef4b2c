import { BulkRequest, type BulkFilter } from './bulk.ts'
import { refuse } from './errors.ts'
import { createParser } from './validation.ts'

type Option = Exclude<keyof BulkRequest, 'filter' | 'action'>

const parseRequest = createParser(BulkRequest, 'body')

/** The action that each option is for. */
const ACTION_OF: Readonly<Record<Option, BulkRequest['action']>> = {
  reason: 'pause',
  until: 'pause',
  catch_up: 'resume',
  running: 'delete',
  add_tags: 'tag',
  remove_tags: 'tag'
}

/** @throws CarillonError `validation_failed` */
export function checkBulk(value: unknown): BulkRequest {
  const request = parseRequest(value)
  checkFilter(request.filter)
  for (const [option, action] of Object.entries(ACTION_OF)) {
    if (option in request && request.action !== action) {
      const detail = `"${option}" is for the action "${action}", but "action" is "${request.action}"; leave it out.`
      throw refuse(`/${option}`, detail)
    }
  }
  const { action, add_tags: added = [], remove_tags: removed = [] } = request
  if (action === 'tag' && added.length + removed.length === 0) {
    throw refuse('/add_tags', 'The action "tag" needs "add_tags" or "remove_tags".')
  }
  return request
}

/** Nobody should pause or delete everything by leaving something out. */
function checkFilter({ all, ...filter }: BulkFilter): void {
  const isNarrow = Object.keys(filter).length > 0
  if (all === true && isNarrow) {
    throw refuse('/filter/all', '"filter.all" is every job, so nothing else may stand beside it.')
  }
  if (all === undefined && !isNarrow) {
    const detail = '"filter" is empty; say which jobs, or {"all": true} for every one.'
    throw refuse('/filter', detail)
  }
}
