import { useState } from 'preact/hooks'
import type { TargetTest } from '../../../../client.ts'
import { formatTook } from '../../format/took.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Code } from '../../parts/code.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { service } from '../../service.ts'
import { written } from './draft.ts'
import type { Form } from './form.ts'

interface TestTargetProps {
  form: Form
  /** Whose secrets are meant by those that are shown in part; null for a new job. */
  id: number | null
}

/** Calls what is in the form once, now, and shows what it answers. */
export function TestTarget({ form, id }: TestTargetProps) {
  const [test, setTest] = useState<TargetTest | null>(null)
  const act = async (): Promise<null> => {
    setTest(null)
    const { draft, base } = form.work.value
    const { input, faults } = written(draft, base)
    const [fault] = faults
    if (fault !== undefined) throw new Error(fault.detail)
    const { target = { type: 'log' }, params, timeout } = input
    const more = { ...(timeout && { timeout }), ...(id !== null && { job_id: id }) }
    setTest(await service.testTarget({ target, params, ...more }))
    return null
  }
  return (
    <>
      <div class="row">
        <ActionButton act={act}>Test target</ActionButton>
        <span class="hint">Sends one request now; its header Carillon-Test says so.</span>
      </div>
      <div aria-live="polite">{test !== null && <Answer test={test} />}</div>
    </>
  )
}

function Answer({ test }: { test: TargetTest }) {
  const { outcome, status, duration_ms: took, error, body, truncated } = test
  return (
    <>
      <p>
        <StateBadge state={outcome} /> {status} in {formatTook(took)}. {error?.message}
      </p>
      {body !== null && body !== '' && <Code label="Answer" text={body} />}
      {truncated && <p class="hint">That is its beginning.</p>}
    </>
  )
}
