import type { Run } from '../../client.ts'
import { formatDuration } from '../../src/domain/duration.ts'
import { fromNow } from '../ago.ts'
import { signed } from '../signs.ts'
import type { Column } from '../table.ts'

/** What a list of runs shows. */
export function runColumns(now: number): Column<Run>[] {
  return [
    { title: 'ID', cell: ({ id }) => String(id) },
    { title: 'JOB', cell: ({ job_id: id }) => String(id) },
    { title: 'STATE', cell: ({ state }) => signed(state) },
    { title: 'DUE', cell: ({ scheduled_for: at }) => fromNow(at, now) },
    { title: 'CAUSE', cell: ({ cause }) => cause },
    { title: 'ATTEMPT', cell: ({ attempt }) => String(attempt) },
    { title: 'TOOK', cell: ({ duration_ms: ms }) => (ms === null ? '-' : formatDuration(ms)) },
    { title: 'WHY', cell: ({ error, reason }) => error?.message ?? reason ?? '', shrinks: true }
  ]
}
