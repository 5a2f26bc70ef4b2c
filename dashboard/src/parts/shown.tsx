import type { ComponentChildren } from 'preact'
import { ProblemError } from '../../../client.ts'
import { ownZone } from '../preferences/zone.ts'
import { formatInstant } from '../format/instant.ts'
import { isAnswering } from '../live/answers.ts'
import type { Loaded } from './loaded.ts'

interface ShownProps<Value> {
  of: Loaded<Value>
  children: (value: Value) => ComponentChildren
}

/** What was loaded; before it is there, that it is on its way; what is stale, greyed and with its time. */
export function Shown<Value>({ of, children }: ShownProps<Value>) {
  const { value, error, loadedAt, reload } = of
  // Where nothing is answered, that and the time are told once, above all of what is stale.
  const isTold = value !== null && !isAnswering.value
  const isStale = isTold || error !== null
  return (
    <>
      {error !== null && !isTold && <Failure error={error} retry={reload} />}
      {value === null && error === null && <p class="loading">Loading…</p>}
      {isStale && !isTold && loadedAt !== null && (
        <p class="hint">What you see is of {formatInstant(loadedAt, ownZone)}.</p>
      )}
      {value !== null && <div class={isStale ? 'stale' : 'fresh'}>{children(value)}</div>}
    </>
  )
}

/** What the service says of a failure, and another try. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }) {
  const isProblem = error instanceof ProblemError
  return (
    <div class="failure" role="alert">
      <strong>{isProblem ? titleOf(error) : 'No answer'}</strong>
      <p>{error.message}</p>
      {isProblem && error.request_id !== undefined && (
        <p class="hint">Request {error.request_id}</p>
      )}
      {retry !== undefined && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}

function titleOf({ problem, code }: ProblemError): string {
  return typeof problem['title'] === 'string' ? problem['title'] : code
}
