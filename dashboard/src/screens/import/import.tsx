import { useState } from 'preact/hooks'
import { ProblemError } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { useTyped } from '../../parts/typed.ts'
import { ownZone } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { counted } from '../../format/counted.ts'
import { Screen } from '../../shell/screen.tsx'
import { editOf, jobsOf, type Edit, type Edits } from './edits.ts'
import { LinesTable } from './lines-table.tsx'
import { SAMPLE } from './sample.ts'

/** As the service reads it; see `CrontabRequest`. */
const MAX_LENGTH = 204_800

/** A crontab becomes jobs; first it is shown what each line would be, to be written over. */
export function Import() {
  const [crontab, setCrontab] = useState('')
  const [timezone, setTimezone] = useState(ownZone)
  return (
    <Screen
      scope="write"
      title="Import a crontab"
      actions={
        <button type="button" onClick={() => setCrontab(SAMPLE)}>
          Sample crontab
        </button>
      }
    >
      <p>
        Paste what <code>crontab -l</code> prints. Nothing is saved before you say so.
      </p>
      <label class="pasted">
        Crontab
        <textarea
          rows={10}
          spellcheck={false}
          maxLength={MAX_LENGTH}
          value={crontab}
          onInput={({ currentTarget }) => setCrontab(currentTarget.value)}
        />
      </label>
      <p>
        <label>
          Zone where the crontab sets none{' '}
          <input
            maxLength={64}
            value={timezone}
            onInput={({ currentTarget }) => setTimezone(currentTarget.value.trim())}
          />
        </label>
      </p>
      <Preview crontab={crontab} timezone={timezone} />
    </Screen>
  )
}

function Preview({ crontab, timezone }: { crontab: string; timezone: string }) {
  const [edits, setEdits] = useState<Edits>({})
  const [saves, setSaves] = useState(0)
  const request = { crontab, timezone, skip_refused: true }
  const isEmpty = crontab.trim() === '' || timezone === ''
  const read = useTyped(isEmpty ? null : JSON.stringify([request, saves]), (asking) =>
    asking.dryRun.importCrontab(request)
  )
  const lines = read.answer?.lines ?? []
  const jobs = jobsOf(lines, edits)
  // What was written over is a manifest then: with the same keys, and whole or not at all, as before.
  const isEdited = jobs.some((job) => Object.keys(editOf(edits, job)).length > 0)
  const plan = useTyped(isEdited ? JSON.stringify([jobs, saves]) : null, (asking) =>
    asking.dryRun.apply({ jobs })
  )
  const edit = (key: string, change: Edit): void =>
    setEdits((before) => ({ ...before, [key]: { ...before[key], ...change } }))
  const save = async () => {
    const { created, updated } = await (isEdited
      ? service.apply({ jobs })
      : service.importCrontab(request))
    setSaves((before) => before + 1)
    return (
      <>
        {created} created, {updated} updated. <a href={hrefOf(['jobs'])}>See the jobs</a>
      </>
    )
  }
  const faults = plan.error instanceof ProblemError ? plan.error.errors : []
  const error = read.error ?? plan.error
  const told = isEdited ? plan.answer : read.answer
  return (
    <>
      {error !== null && (
        <p class="fault">{faults.length > 0 ? 'Correct what is marked below.' : error.message}</p>
      )}
      {told !== null && (
        <div class="row">
          <ImportButton count={told.created + told.updated} save={save} />
          <span class="hint" aria-live="polite">
            {summaryOf({ refused: read.answer?.refused ?? 0, ...told })}
          </span>
        </div>
      )}
      <LinesTable
        lines={lines}
        edits={edits}
        edit={edit}
        changes={plan.answer?.changes ?? []}
        faults={faults}
      />
    </>
  )
}

interface ImportButtonProps {
  count: number
  save: Parameters<typeof ActionButton>[0]['act']
}

function ImportButton({ count, save }: ImportButtonProps) {
  return count === 0 ? null : (
    <ActionButton act={save}>{`Import ${counted(count, 'job')}`}</ActionButton>
  )
}

type Counts = Record<'created' | 'updated' | 'unchanged' | 'refused', number>

function summaryOf({ created, updated, unchanged, refused }: Counts): string {
  const counts = [
    [created, 'new'],
    [updated, 'to be changed'],
    [unchanged, 'there already'],
    [refused, 'cannot be jobs']
  ] as const
  const said = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]))
  return said.length === 0 ? 'No line of it is a job.' : said.join(', ')
}
