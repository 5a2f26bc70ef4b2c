import type { ComponentChildren } from 'preact'

/** What a column is called, and what a row has in it; `false` is no column. */
export type Column<Row> =
  | readonly [label: string, cell: (row: Row) => ComponentChildren, heading?: ComponentChildren]
  | false

interface TableProps<Row> {
  /** What it is a table of, for who does not see what is around it. */
  caption: string
  class?: string
  /** A heading is shown in place of a label that says too much, or too little, above a column. */
  columns: readonly Column<Row>[]
  /** The label of the column whose cells are the heads of their rows. */
  head: string
  rows: readonly Row[]
  keyOf: (row: Row) => string | number
}

/** A table; on a narrow screen each row is a card, whose cells have the labels of their columns. */
export function Table<Row>({ caption, columns, head, rows, keyOf, ...rest }: TableProps<Row>) {
  const shown = columns.filter((column) => column !== false)
  return (
    <table class={`cards ${rest.class ?? ''}`}>
      <caption class="visually-hidden">{caption}</caption>
      <thead>
        <tr>
          {shown.map(([label, , heading = label]) => (
            <th key={label} scope="col">
              {heading}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={keyOf(row)}>
            {shown.map(([label, cell]) => {
              const Cell = label === head ? 'th' : 'td'
              return (
                <Cell key={label} scope={label === head ? 'row' : undefined} data-label={label}>
                  {cell(row)}
                </Cell>
              )
            })}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
