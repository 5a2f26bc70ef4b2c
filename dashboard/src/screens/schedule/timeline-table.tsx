import { Instant } from '../../parts/instant.tsx'
import { statesOf } from '../../parts/sparkline.tsx'
import { Table } from '../../parts/table.tsx'
import { hrefOf } from '../../routing/route.ts'
import { timesOf, type Row } from './timeline-row.tsx'

/** The same in words. */
export function TimelineTable({ rows }: { rows: readonly Row[] }) {
  return (
    <Table
      caption="How jobs went, and when they are due"
      head="Job"
      rows={rows}
      keyOf={({ job }) => job.id}
      columns={[
        ['Job', ({ job: { id, name } }) => <a href={hrefOf(['jobs', id])}>{name}</a>],
        ['Went', ({ runs }) => statesOf(runs) || '–'],
        ['Due', timesOf],
        ['First', (row) => instantOf(row, row.at[0])],
        ['Last known', (row) => instantOf(row, row.at.at(-1))]
      ]}
    />
  )
}

function instantOf({ job }: Row, at: number | undefined) {
  return at !== undefined && <Instant at={new Date(at).toISOString()} job={job} absolute />
}
