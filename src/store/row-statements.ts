import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Dialect, RowInsert, RowUpdate } from './dialect.ts'
import type { Tables } from './tables.ts'

/** How databases with `returning` insert and update rows: one statement each. */
export const returningStatements: Pick<Dialect, 'insertRows' | 'updateRows' | 'onSameKey'> = {
  insertRows: async <Result>(query: Kysely<Tables>, insert: RowInsert) => {
    const { rows } = await sql<Result>`
      insert into ${sql.table(insert.table)} (${refs(insert.columns)})
      select ${insert.values} from ${insert.given} as given where true
      on conflict (${refs(insert.key)}) do nothing
      returning ${refs(insert.returning)}
    `.execute(query)
    return rows
  },
  updateRows: async <Result>(
    query: Kysely<Tables>,
    { table, set, given, on, returning }: RowUpdate
  ) => {
    const columns = returning?.map((column) => sql.ref(`${table}.${column}`))
    const { rows } = await sql<Result>`
      update ${sql.table(table)} set ${set} from ${given} as given where ${on}
      ${columns === undefined ? sql`` : sql`returning ${sql.join(columns)}`}
    `.execute(query)
    return rows
  },
  onSameKey: (key) => sql`on conflict (${key}) do update set`
}

/** Column names, separated by commas. */
export function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}
