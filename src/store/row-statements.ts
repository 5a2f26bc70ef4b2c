import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { Dialect, RowAddition, RowInsert, RowUpdate } from './dialect.ts'
import type { Tables } from './tables.ts'

/** How databases with `returning` insert, update and add up rows: one statement each. */
export const returningStatements: Pick<Dialect, 'insertRows' | 'updateRows' | 'addRows'> = {
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
  addRows: async (query, { table, key, sum, given }: RowAddition) => {
    const columns = refs([...key, sum])
    await sql`
      insert into ${sql.table(table)} (${columns}) select ${columns} from ${given} as given where true
      on conflict (${refs(key)}) do update
      set ${sql.ref(sum)} = ${sql.ref(`${table}.${sum}`)} + ${sql.ref(`excluded.${sum}`)}
    `.execute(query)
  }
}

/** Column names, separated by commas. */
export function refs(columns: readonly string[]): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql.ref(column)))
}
