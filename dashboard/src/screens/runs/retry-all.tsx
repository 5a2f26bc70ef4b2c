import { useRef, useState } from 'preact/hooks'
import type { BulkRunsReport, BulkRunsRequest } from '../../../../src/domain/bulk-runs.ts'
import { counted } from '../../format/counted.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Question } from '../../parts/question.tsx'
import { Refused } from '../../parts/refused.tsx'
import { service } from '../../service.ts'

interface RetryAllProps {
  filter: BulkRunsRequest['filter']
  reload: () => void
}

/** Tries all again that failed among those that are shown; how many they are is asked first. */
export function RetryAll({ filter, reload }: RetryAllProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [plan, setPlan] = useState<BulkRunsReport | null>(null)
  const [report, setReport] = useState<BulkRunsReport | null>(null)
  const request = { action: 'retry', filter } as const
  const ask = async (): Promise<null> => {
    setPlan(await service.dryRun.bulkRuns(request))
    dialog.current?.showModal()
    return null
  }
  const act = async (): Promise<string> => {
    const said = await service.bulkRuns(request)
    setReport(said)
    reload()
    return `${counted(said.done, 'run')} tried again.${said.more ? ' Others are left.' : ''}`
  }
  return (
    <>
      <ActionButton scope="run" act={ask}>
        Retry all failed that match
      </ActionButton>
      <Question
        dialog={dialog}
        title={`Retry ${counted(plan?.done ?? 0, 'run')}?`}
        confirm="Retry"
        act={act}
      >
        <p>Each gets one more attempt, with what its job was then.</p>
        {plan !== null && plan.matched > plan.done && (
          <p>{counted(plan.matched - plan.done, 'other')} would refuse, and say why.</p>
        )}
        {plan?.more === true && <p>These are the newest; more of them match.</p>}
      </Question>
      {report !== null && <Refused report={report} place="runs" close={() => setReport(null)} />}
    </>
  )
}
