import type { Run } from '../../../client.ts'
import { formatTook } from '../format/took.ts'
import { hrefOf } from '../routing/route.ts'
import { useAskedBy } from './asked-by.ts'
import { Instant } from './instant.tsx'
import { RunActions } from './run-actions.tsx'
import { StateBadge } from './state-badge.tsx'

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
  return (
    <table class="cards runs">
      <caption class="visually-hidden">Runs</caption>
      <thead>
        <tr>
          <th scope="col">State</th>
          <th scope="col">Run</th>
          {job === null && <th scope="col">Job</th>}
          <th scope="col">Due</th>
          <th scope="col">Started</th>
          <th scope="col">Took</th>
          <th scope="col">Attempts</th>
          <th scope="col">Cause</th>
          <th scope="col">Result</th>
          {reload !== undefined && <th scope="col">Actions</th>}
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <tr key={run.id}>
            <td data-label="State">
              <StateBadge state={run.state} />
            </td>
            <th scope="row" data-label="Run">
              <a href={hrefOf(['runs', run.id])}>{run.id}</a>
            </th>
            {job === null && (
              <td data-label="Job">
                <a href={hrefOf(['jobs', run.job_id])}>job {run.job_id}</a>
              </td>
            )}
            <td data-label="Due">
              <Instant at={run.scheduled_for} job={job} />
            </td>
            <td data-label="Started">
              {run.started_at === null ? '–' : <Instant at={run.started_at} job={job} />}
              {lateness(run)}
            </td>
            <td data-label="Took">
              {run.duration_ms === null ? '–' : formatTook(run.duration_ms)}
            </td>
            <td data-label="Attempts">{run.attempt}</td>
            <td data-label="Cause">
              {run.cause.replace('_', ' ')}
              {askedBy.has(run.id) && ` by ${askedBy.get(run.id)}`}
            </td>
            <td data-label="Result">{summary(run)}</td>
            {reload !== undefined && (
              <td data-label="Actions">
                <RunActions run={run} reload={reload} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
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
