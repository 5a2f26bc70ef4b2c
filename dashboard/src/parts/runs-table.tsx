import type { Run } from '../../../client.ts'
import { formatTook } from '../format/took.ts'
import { hrefOf } from '../routing/route.ts'
import { useAskedBy } from './asked-by.ts'
import { Instant } from './instant.tsx'
import { useJobNames } from './job-names.ts'
import { RunActions } from './run-actions.tsx'
import { StateBadge } from './state-badge.tsx'
import { Table } from './table.tsx'

interface RunsTableProps {
  runs: readonly Run[]
  /** Whose runs they are, where they are all of one. */
  job?: { timezone: string } | null
  /** Reads them anew; without, nothing can be done to them here. */
  reload?: () => void
}

/** Runs, the newest first; on a narrow screen each row is a card. */
export function RunsTable({ runs, job = null, reload }: RunsTableProps) {
  const askedBy = useAskedBy(runs)
  const names = useJobNames(new Set(job === null ? runs.map((run) => run.job_id) : []))
  return (
    <Table
      class="runs"
      caption="Runs"
      head="Run"
      rows={runs}
      keyOf={({ id }) => id}
      columns={[
        ['State', ({ state }) => <StateBadge state={state} />],
        ['Run', ({ id }) => <a href={hrefOf(['runs', id])}>{id}</a>],
        job === null && [
          'Job',
          ({ job_id: id }) => <a href={hrefOf(['jobs', id])}>{names.get(id) ?? `job ${id}`}</a>
        ],
        ['Due', ({ scheduled_for: at }) => <Instant at={at} job={job} />],
        [
          'Started',
          (run) => (
            <>
              {run.started_at === null ? '–' : <Instant at={run.started_at} job={job} />}
              {lateness(run)}
            </>
          )
        ],
        ['Took', ({ duration_ms: took }) => (took === null ? '–' : formatTook(took))],
        ['Attempts', ({ attempt }) => attempt],
        [
          'Cause',
          ({ id, cause }) => (
            <>
              {cause.replace('_', ' ')}
              {askedBy.has(id) && ` by ${askedBy.get(id)}`}
            </>
          )
        ],
        ['Result', summary],
        reload !== undefined && ['Actions', (run) => <RunActions run={run} reload={reload} />]
      ]}
    />
  )
}

const LATE_MS = 1_000

function lateness({ lateness_ms: ms }: Run) {
  return ms !== null && ms >= LATE_MS && <span class="hint"> {formatTook(ms)} late</span>
}

/** What came of it, in one line. */
function summary({ error, reason, result, count }: Run): string {
  const many = count > 1 ? `${count} occurrences` : ''
  const said = error?.message ?? reason?.replaceAll('_', ' ') ?? statusOf(result)
  return [said, many].filter((part) => part !== '').join(', ')
}

/** "HTTP 200", of a call that was answered. */
function statusOf(result: unknown): string {
  if (typeof result !== 'object' || result === null || !('status' in result)) return ''
  return typeof result.status === 'number' ? `HTTP ${result.status}` : ''
}
