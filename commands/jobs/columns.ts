import type { Job } from '../../client.ts'
import { formatSchedule } from '../../src/format/schedule.ts'
import { fromNow } from '../ago.ts'
import { signed } from '../signs.ts'
import type { Column } from '../table.ts'

function targetOf({ target }: Job): string {
  switch (target.type) {
    case 'http':
      return new URL(target.url).host
    case 'handler':
      return target.name
    case 'command':
      return target.argv[0] ?? ''
    case 'log':
      return 'log'
  }
}

/** What a list of jobs shows. */
export function jobColumns(now: number): Column<Job>[] {
  return [
    { title: 'ID', cell: ({ id }) => String(id) },
    { title: 'STATE', cell: ({ state }) => signed(state) },
    { title: 'NAME', cell: ({ name }) => name, shrinks: true },
    { title: 'SCHEDULE', cell: formatSchedule, shrinks: true },
    { title: 'NEXT', cell: ({ next_run_at: at }) => fromNow(at, now) },
    {
      title: 'LAST',
      cell: ({ last_outcome: outcome, last_run_at: at }) =>
        outcome === null ? 'not run yet' : `${signed(outcome)} ${fromNow(at, now)}`
    },
    { title: 'TARGET', cell: targetOf, shrinks: true }
  ]
}
