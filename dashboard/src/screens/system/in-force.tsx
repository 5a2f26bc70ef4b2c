import type { System } from '../../../../client.ts'
import { Table } from '../../parts/table.tsx'

/** The options that the service goes by, and where they come from. */
export function InForce({ options }: { options: System['config'] }) {
  return (
    <details class="in-force">
      <summary>Configuration in force</summary>
      <Table
        caption="Options in force; secrets are hidden"
        head="Option"
        rows={options}
        keyOf={({ name }) => name}
        columns={[
          ['Option', ({ name }) => name],
          ['Value', ({ value }) => JSON.stringify(value)],
          ['From', ({ source }) => source]
        ]}
      />
    </details>
  )
}
