import { useRef, useState } from 'preact/hooks'
import type { BulkReport, BulkRequest } from '../../../../src/domain/bulk.ts'
import { Asking } from '../../parts/asking.tsx'
import { Refused } from '../../parts/refused.tsx'
import { service } from '../../service.ts'
import type { Selection } from './selection.ts'

/** What can be done to all jobs that are selected; asked first, with their number. */
export function BulkBar({ selection, reload }: { selection: Selection; reload: () => void }) {
  const [report, setReport] = useState<BulkReport | null>(null)
  const tag = useRef<HTMLInputElement>(null)
  const { ids } = selection
  const jobs = ids.length === 1 ? '1 job' : `${ids.length.toLocaleString('en')} jobs`
  const act = async (request: Omit<BulkRequest, 'filter'>): Promise<string> => {
    const said = await service.bulk({ ...request, filter: { ids: [...ids] } })
    setReport(said)
    reload()
    const refused = said.matched - said.done
    return refused === 0 ? `${said.done} done.` : `${said.done} done, ${refused} refused.`
  }
  const addTag = (): Promise<string> => {
    const word = tag.current?.value.trim() ?? ''
    if (word === '') throw new Error('Write the tag that is to be added.')
    return act({ action: 'tag', add_tags: [word] })
  }
  return (
    <>
      <div class="row bulk" role="group" aria-label="Selected jobs">
        <label>
          <input type="checkbox" checked={selection.isAll} onChange={selection.toggleAll} /> All on
          this page
        </label>
        <span aria-live="polite">{ids.length > 0 && `${jobs} selected`}</span>
        {ids.length > 0 && (
          <>
            <Asking
              scope="run"
              label="Run"
              title={`Run ${jobs} now?`}
              confirm="Run now"
              act={() => act({ action: 'run' })}
            >
              <p>Their schedules stay as they are.</p>
            </Asking>
            <Asking
              label="Pause"
              title={`Pause ${jobs}?`}
              confirm="Pause"
              act={() => act({ action: 'pause' })}
            >
              <p>Nothing of them starts until they are resumed; what runs goes on.</p>
            </Asking>
            <Asking
              label="Resume"
              title={`Resume ${jobs}?`}
              confirm="Resume"
              act={() => act({ action: 'resume' })}
            >
              <p>What was missed is not caught up.</p>
            </Asking>
            <Asking
              label="Add tag"
              title={`Add a tag to ${jobs}?`}
              confirm="Add tag"
              act={async () => addTag()}
            >
              <p>
                <label>
                  Tag <input ref={tag} maxLength={100} />
                </label>
              </p>
            </Asking>
            <Asking
              class="danger"
              label="Delete"
              title={`Delete ${jobs}?`}
              confirm="Delete"
              act={() => act({ action: 'delete' })}
            >
              <p>Their schedules end, and runs that go on are cancelled. Past runs stay.</p>
            </Asking>
          </>
        )}
      </div>
      {report !== null && <Refused report={report} place="jobs" close={() => setReport(null)} />}
    </>
  )
}
