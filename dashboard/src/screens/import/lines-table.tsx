import type { CrontabLine, JobInput, ManifestReport } from '../../../../client.ts'
import type { Fault } from '../../../../src/domain/errors.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import { Table } from '../../parts/table.tsx'
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
  const faultsOf = (line: CrontabLine): readonly Fault[] =>
    faults.filter(({ pointer }) => pointer.startsWith(`/jobs/${jobs.indexOf(line)}/`))
  return (
    <Table
      caption="Lines of the crontab"
      head="Line"
      rows={shown}
      keyOf={({ line }) => line}
      columns={[
        ['Line', ({ line }) => line],
        [
          'Outcome',
          (line) => (
            <Outcome
              isJob={line.job !== null}
              {...(changes.find(({ key }) => key === line.job?.key) ?? line)}
            />
          )
        ],
        [
          'Name',
          (line) =>
            line.job === null ? (
              line.text
            ) : (
              <Name line={line.line} job={line.job} faults={faultsOf(line)} {...editing} />
            )
        ],
        [
          'Schedule',
          ({ job }) =>
            job === null ? '–' : <code>{`${job.schedule ?? ''} ${job.timezone ?? ''}`.trim()}</code>
        ],
        [
          'Target',
          (line) =>
            line.job === null ? (
              line.reason
            ) : (
              <Target line={line.line} job={line.job} faults={faultsOf(line)} {...editing} />
            ),
          'Target, or why not'
        ],
        ['Notes', ({ notes }) => (notes.length === 0 ? '–' : <Notes of={notes} />)]
      ]}
    />
  )
}

const WORDS = {
  created: 'new',
  updated: 'changed',
  unchanged: 'there already',
  deleted: ''
} as const

interface OutcomeProps {
  isJob: boolean
  /** Of the job that it became. */
  id: number | null
  action: keyof typeof WORDS | null
}

function Outcome({ isJob, id, action }: OutcomeProps) {
  const word = isJob ? WORDS[action ?? 'created'] : 'refused'
  return (
    <StateBadge state={isJob ? 'succeeded' : 'failed'}>
      {id === null ? word : <a href={hrefOf(['jobs', id])}>{word}</a>}
    </StateBadge>
  )
}

function Notes({ of: notes }: { of: readonly string[] }) {
  return (
    <ul class="notes">
      {notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  )
}

interface ControlProps extends Pick<LinesTableProps, 'edits' | 'edit' | 'faults'> {
  line: number
  job: JobInput
}

/** What a line becomes is written over where it stands: this is the moment to look at it. */
function Name({ job, edits, ...rest }: ControlProps) {
  const { name = job.name } = editOf(edits, job)
  return <input value={name} maxLength={200} {...controlOf('name', { job, edits, ...rest })} />
}

function Target(props: ControlProps) {
  const { target } = props.job
  const { target: text = textOf(target) } = editOf(props.edits, props.job)
  const control = controlOf('target', props)
  return (
    <>
      {target?.type === 'http' ? (
        <span class="edited">
          {target.method ?? 'POST'} <input value={text} maxLength={2048} {...control} />
        </span>
      ) : (
        <textarea value={text} rows={text.split('\n').length} {...control} />
      )}
      {props.faults.map(({ detail }) => (
        <p key={detail} class="fault">
          {detail}
        </p>
      ))}
    </>
  )
}

function controlOf(of: 'name' | 'target', { line, job, edit, faults }: ControlProps) {
  return {
    'aria-label': `${of === 'name' ? 'Name' : 'Target'} of line ${line}`,
    'aria-invalid': faults.some(({ pointer }) => pointer.includes(`/${of}`)),
    spellcheck: false,
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) =>
      edit(job.key ?? '', { [of]: currentTarget.value })
  }
}
