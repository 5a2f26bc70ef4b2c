import type { CrontabLine, JobInput, ManifestReport } from '../../../../client.ts'
import type { Fault } from '../../../../src/domain/errors.ts'
import { hrefOf } from '../../routing/route.ts'
import { editOf, textOf, type Edit, type Edits } from './edits.ts'

interface LinesTableProps {
  lines: readonly CrontabLine[]
  edits: Edits
  edit: (key: string, change: Edit) => void
  /** What becomes of the jobs as they were edited; none where they were not. */
  changes: ManifestReport['changes']
  /** What is wrong with them, with pointers into all of them. */
  faults: readonly Fault[]
}

/** The lines that are, or were to be, jobs; settings and comments are in what they change. */
export function LinesTable({ lines, changes, faults, ...editing }: LinesTableProps) {
  const shown = lines.filter(({ outcome }) => outcome === 'job' || outcome === 'refused')
  if (shown.length === 0) return null
  const jobs = shown.filter(({ job }) => job !== null)
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
        {shown.map((line) => {
          const at = `/jobs/${jobs.indexOf(line)}/`
          return (
            <Line
              key={line.line}
              line={line}
              change={changes.find(({ key }) => key === line.job?.key) ?? line}
              faults={faults.filter(({ pointer }) => pointer.startsWith(at))}
              {...editing}
            />
          )
        })}
      </tbody>
    </table>
  )
}

const WORDS = {
  created: 'new',
  updated: 'changed',
  unchanged: 'there already',
  deleted: ''
} as const

interface LineProps extends Pick<LinesTableProps, 'edits' | 'edit' | 'faults'> {
  line: CrontabLine
  change: Pick<CrontabLine, 'id'> & { action: keyof typeof WORDS | null }
}

function Line({ line: { line, text, job, reason, notes }, change, ...editing }: LineProps) {
  const word = job === null ? 'refused' : WORDS[change.action ?? 'created']
  return (
    <tr>
      <th scope="row" data-label="Line">
        {line}
      </th>
      <td data-label="Outcome">
        <span class={job === null ? 'state failed' : 'state succeeded'}>
          <span aria-hidden="true">{job === null ? '✗' : '✓'}</span>{' '}
          {change.id === null ? word : <a href={hrefOf(['jobs', change.id])}>{word}</a>}
        </span>
      </td>
      {job === null ? (
        <>
          <td data-label="Name">{text}</td>
          <td data-label="Schedule">–</td>
          <td data-label="Target">{reason}</td>
        </>
      ) : (
        <JobCells line={line} job={job} {...editing} />
      )}
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

interface JobCellsProps extends Pick<LinesTableProps, 'edits' | 'edit' | 'faults'> {
  line: number
  job: JobInput
}

/** What a line becomes, whole: this is the moment to look at it, and to write over it. */
function JobCells({ line, job, edits, edit, faults }: JobCellsProps) {
  const { target } = job
  const { name = job.name, target: text = textOf(target) } = editOf(edits, job)
  const control = (of: 'name' | 'target') => ({
    'aria-label': `${of === 'name' ? 'Name' : 'Target'} of line ${line}`,
    'aria-invalid': faults.some(({ pointer }) => pointer.includes(`/${of}`)),
    spellcheck: false,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      edit(job.key ?? '', { [of]: currentTarget.value })
  })
  return (
    <>
      <td data-label="Name">
        <input value={name} maxLength={200} {...control('name')} />
      </td>
      <td data-label="Schedule">
        <code>{`${job.schedule ?? ''} ${job.timezone ?? ''}`.trim()}</code>
      </td>
      <td data-label="Target">
        {target?.type === 'http' ? (
          <span class="edited">
            {target.method ?? 'POST'} <input value={text} maxLength={2048} {...control('target')} />
          </span>
        ) : (
          <textarea value={text} rows={text.split('\n').length} {...control('target')} />
        )}
        {faults.map(({ detail }) => (
          <p key={detail} class="fault">
            {detail}
          </p>
        ))}
      </td>
    </>
  )
}
