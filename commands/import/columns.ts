import type { CrontabLine, JobInput } from '../../client.ts'
import type { Column } from '../table.ts'

/** What people see of the lines of a crontab that are no comments. */
export const crontabColumns: readonly Column<CrontabLine>[] = [
  { title: 'LINE', cell: ({ line }) => String(line) },
  { title: 'OUTCOME', cell: ({ action, outcome }) => action ?? outcome },
  { title: 'NAME', cell: ({ job }) => job?.name ?? '-', shrinks: true },
  { title: 'SCHEDULE', cell: ({ job }) => job?.schedule ?? '-' },
  { title: 'WHAT', cell: ({ job, text }) => doingOf(job) ?? text.trim(), shrinks: true }
]

function doingOf(job: JobInput | null): string | null {
  if (job?.target?.type === 'http') return `${job.target.method ?? 'POST'} ${job.target.url}`
  return job?.target?.type === 'command' ? job.target.argv.join(' ') : null
}
