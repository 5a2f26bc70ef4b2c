import { hrefOf } from '../routing/route.ts'

interface RefusedProps {
  /** What became of many. */
  report: {
    done: number
    matched: number
    refused: readonly { id: number; detail: string; name?: string }[]
  }
  /** Where each of them is shown. */
  place: 'jobs' | 'runs'
  close: () => void
}

/** Those that refused what was to be done to all, each with its reason. */
export function Refused({ report, place, close }: RefusedProps) {
  if (report.refused.length === 0) return null
  return (
    <section class="failure refused" aria-label="Refused">
      <p>
        <strong>
          {report.done} done, {report.matched - report.done} refused
        </strong>{' '}
        <button type="button" onClick={close}>
          Close
        </button>
      </p>
      <ul>
        {report.refused.map(({ id, name, detail }) => (
          <li key={id}>
            <a href={hrefOf([place, id])}>{name ?? `Run ${id}`}</a>: {detail}
          </li>
        ))}
      </ul>
    </section>
  )
}
