import { useRef, useState } from 'preact/hooks'
import type { CrontabReport, CrontabRequest } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { ownZone } from '../../preferences/zone.ts'
import { hrefOf } from '../../routing/route.ts'
import { service } from '../../service.ts'
import { Screen } from '../../shell/screen.tsx'
import { LinesTable } from './lines-table.tsx'
import { SAMPLE } from './sample.ts'

/** Typing is over when nothing came for so long. */
const DEBOUNCE_MS = 300
/** As the service reads it; see `CrontabRequest`. */
const MAX_LENGTH = 204_800

/** A crontab becomes jobs; first it is shown what each line would be. */
export function Import() {
  const [crontab, setCrontab] = useState('')
  const [timezone, setTimezone] = useState(ownZone)
  const [settled, setSettled] = useState<CrontabRequest | null>(null)
  const timer = useRef<number | undefined>(undefined)
  const change = (text: string, zone: string): void => {
    setCrontab(text)
    setTimezone(zone)
    clearTimeout(timer.current)
    const request = { crontab: text, timezone: zone, skip_refused: true }
    const isEmpty = text.trim() === '' || zone === ''
    timer.current = window.setTimeout(() => setSettled(isEmpty ? null : request), DEBOUNCE_MS)
  }
  return (
    <Screen
      title="Import a crontab"
      actions={
        <button type="button" onClick={() => change(SAMPLE, timezone)}>
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
          onInput={({ currentTarget }) => change(currentTarget.value, timezone)}
        />
      </label>
      <p>
        <label>
          Zone where the crontab sets none{' '}
          <input
            maxLength={64}
            value={timezone}
            onInput={({ currentTarget }) => change(crontab, currentTarget.value.trim())}
          />
        </label>
      </p>
      {settled !== null && <Preview request={settled} />}
    </Screen>
  )
}

function Preview({ request }: { request: CrontabRequest }) {
  const report = useLoaded(JSON.stringify(request), (signal) =>
    service.with({ signal }).dryRun.importCrontab(request)
  )
  const save = async () => {
    const { created, updated } = await service.importCrontab(request)
    report.reload()
    return (
      <>
        {created} created, {updated} updated. <a href={hrefOf(['jobs'])}>See the jobs</a>
      </>
    )
  }
  return (
    <Shown of={report}>
      {(shown) => (
        <>
          <div class="row">
            <ImportButton report={shown} save={save} />
            <span class="hint" aria-live="polite">
              {summaryOf(shown)}
            </span>
          </div>
          <LinesTable lines={shown.lines} />
        </>
      )}
    </Shown>
  )
}

interface ImportButtonProps {
  report: CrontabReport
  save: Parameters<typeof ActionButton>[0]['act']
}

function ImportButton({ report: { created, updated }, save }: ImportButtonProps) {
  const count = created + updated
  if (count === 0) return null
  return (
    <ActionButton act={save}>{count === 1 ? 'Import 1 job' : `Import ${count} jobs`}</ActionButton>
  )
}

function summaryOf({ created, updated, unchanged, refused }: CrontabReport): string {
  const counts = [
    [created, 'new'],
    [updated, 'to be changed'],
    [unchanged, 'there already'],
    [refused, 'cannot be jobs']
  ] as const
  const said = counts.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]))
  return said.length === 0 ? 'No line of it is a job.' : said.join(', ')
}
