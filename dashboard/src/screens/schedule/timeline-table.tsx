import { Instant } from '../../parts/instant.tsx'
import { statesOf } from '../../parts/sparkline.tsx'
import { hrefOf } from '../../routing/route.ts'
import { timesOf, type Row } from './timeline-row.tsx'

/** The same in words. */
export function TimelineTable({ rows }: { rows: readonly Row[] }) {
  return (
    <table class="cards">
      <caption class="visually-hidden">How jobs went, and when they are due</caption>
      <thead>
        <tr>
          <th scope="col">Job</th>
          <th scope="col">Went</th>
          <th scope="col">Due</th>
          <th scope="col">First</th>
          <th scope="col">Last known</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.job.id}>
            <th scope="row" data-label="Job">
              <a href={hrefOf(['jobs', row.job.id])}>{row.job.name}</a>
            </th>
            <td data-label="Went">{statesOf(row.runs) || '–'}</td>
            <td data-label="Due">{timesOf(row)}</td>
            <td data-label="First">{instantOf(row, row.at[0])}</td>
            <td data-label="Last known">{instantOf(row, row.at.at(-1))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function instantOf({ job }: Row, at: number | undefined) {
  return at !== undefined && <Instant at={new Date(at).toISOString()} job={job} absolute />
}
