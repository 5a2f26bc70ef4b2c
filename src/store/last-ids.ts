import { sql } from 'kysely'
import type { Db } from './db.ts'
import { inTransaction } from './transaction.ts'

/** The highest id that a table has ever given out, be its row still there or not; 0 without any. */
export async function findLastId(db: Db, name: string): Promise<number> {
  switch (db.dialect.name) {
    case 'sqlite': {
      const { rows } = await sql<{ id: number }>`
        select seq as id from sqlite_sequence where name = ${name}
      `.execute(db.query)
      return rows[0]?.id ?? 0
    }
    case 'postgres': {
      const { rows } = await sql<{ id: number | null }>`
        select pg_sequence_last_value(pg_get_serial_sequence(${name}, 'id')::regclass) as id
      `.execute(db.query)
      return rows[0]?.id ?? 0
    }
    case 'mysql': {
      // What information_schema says of it may be a day old.
      const { rows } = await sql<Record<string, string>>`
        show create table ${sql.table(name)}
      `.execute(db.query)
      const next = /\bAUTO_INCREMENT=(\d+)/.exec(rows[0]?.['Create Table'] ?? '')?.[1]
      return next === undefined ? 0 : Number(next) - 1
    }
  }
}

/** From here on a table gives out ids that are higher than this one. */
export async function raiseLastId(db: Db, name: string, id: number): Promise<void> {
  switch (db.dialect.name) {
    case 'sqlite':
      return inTransaction(db, async (trx) => {
        await sql`delete from sqlite_sequence where name = ${name}`.execute(trx.query)
        await sql`insert into sqlite_sequence (name, seq) values (${name}, ${id})`.execute(
          trx.query
        )
      })
    case 'postgres':
      await sql`select setval(pg_get_serial_sequence(${name}, 'id'), ${id})`.execute(db.query)
      return
    case 'mysql':
      await sql`alter table ${sql.table(name)} auto_increment = ${sql.lit(id + 1)}`.execute(
        db.query
      )
  }
}
