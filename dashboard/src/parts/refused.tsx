import type { BulkReport } from '../../../../src/domain/bulk.ts'
import { hrefOf } from '../../routing/route.ts'

/** The jobs that refused what was to be done to all, each with its reason. */
export function Refused({ report, close }: { report: BulkReport; close: () => void }) {
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
            <a href={hrefOf(['jobs', id])}>{name}</a>: {detail}
          </li>
        ))}
      </ul>
    </section>
  )
}
