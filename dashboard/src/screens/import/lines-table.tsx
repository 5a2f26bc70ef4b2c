import type { CrontabLine } from '../../../../client.ts'
import { hrefOf } from '../../routing/route.ts'

/** The lines that are, or were to be, jobs; settings and comments are in what they change. */
export function LinesTable({ lines }: { lines: readonly CrontabLine[] }) {
  const shown = lines.filter(({ outcome }) => outcome === 'job' || outcome === 'refused')
  if (shown.length === 0) return null
  return (
    <table class="cards">
      <caption class="visually-hidden">Lines of the crontab</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">Outcome</th>
          <th scope="col">Name</th>
          <th scope="col">Schedule</th>
          <th scope="col">Target, or why not</th>
          <th scope="col">Notes</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((line) => (
          <Line key={line.line} of={line} />
        ))}
      </tbody>
    </table>
  )
}

const WORDS = { created: 'new', updated: 'changed', unchanged: 'there already' } as const

function Line({
  of: { line, text, outcome, job, action, id, reason, notes }
}: {
  of: CrontabLine
}) {
  const isRefused = outcome === 'refused'
  const name = job?.name ?? text
  return (
    <tr>
      <td data-label="Line">{line}</td>
      <td data-label="Outcome">
        <span class={isRefused ? 'state failed' : 'state succeeded'}>
          <span aria-hidden="true">{isRefused ? '✗' : '✓'}</span>{' '}
          {isRefused ? 'refused' : WORDS[action ?? 'created']}
        </span>
      </td>
      <th scope="row" data-label="Name">
        {id === null ? name : <a href={hrefOf(['jobs', id])}>{name}</a>}
      </th>
      <td data-label="Schedule">
        {job === null ? '–' : <code>{`${job.schedule ?? ''} ${job.timezone ?? ''}`.trim()}</code>}
      </td>
      <td data-label="Target">{isRefused ? reason : targetOf(job?.target)}</td>
      <td data-label="Notes">
        {notes.length === 0 ? (
          '–'
        ) : (
          <ul class="notes">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  )
}

/** What it will do, whole: this is the moment to look at it. */
function targetOf(target: NonNullable<CrontabLine['job']>['target']): string {
  if (target?.type === 'http') return `${target.method ?? 'POST'} ${target.url}`
  return target?.type === 'command' ? target.argv.join(' ') : (target?.type ?? 'log')
}
