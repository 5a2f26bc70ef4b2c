import { randomUUID } from 'node:crypto'
import type { MigrationProvider } from 'kysely/migration'
import { CarillonError } from '../domain/errors.ts'
import { insertCommit } from './commits.ts'
import { COPIED_TABLES } from './copied-tables.ts'
import type { Database, Db } from './db.ts'
import { findSchemaAge } from './migrate.ts'
import type { LiveReplica } from './replicas.ts'
import { countRows } from './table-rows.ts'

/** The replicas of a database that may still write. */
export type FindLive = (db: Db) => Promise<readonly LiveReplica[]>

/** What a service leaves in a database before anybody has given it anything to do. */
const LEFT_BY_A_START = new Set(['carillon_replicas', 'carillon_settings'])

/** Whether what a copy finds in a table of its destination is in the way. */
export function mustBeEmpty(table: string): boolean {
  return !LEFT_BY_A_START.has(table)
}

/**
 * The schema must be the one of this version: an older one would have to be migrated, but a source
 * is only read, and of a newer one nobody here knows what it means.
 * @throws CarillonError `store_unusable`
 */
export async function refuseOtherSchema(
  database: Database,
  migrations: MigrationProvider
): Promise<void> {
  const faults = {
    none: 'holds no tables of Carillon; check the name of the database to copy',
    older: 'was left by an older version; start this version of the service on it once, stop it',
    newer: 'is of a newer version; copy with that version'
  }
  const age = await findSchemaAge(database, migrations)
  if (age !== 'current') throw refusal(`${database.description} ${faults[age]}.`)
}

/** @throws CarillonError `store_unusable`, naming the replica that uses the database */
export async function refuseUsed(database: Database, findLive: FindLive): Promise<void> {
  const [live] = await findLive(database)
  if (live === undefined) return
  const until = new Date(live.expires_at).toISOString()
  throw refusal(
    `${database.description} is in use by ${live.name}; stop the service first (or wait until ${until} if it has crashed).`
  )
}

/**
 * Two URLs may be written differently and lead to the same place, so what is written to the one is
 * looked for in the other.
 * @throws CarillonError `store_unusable`
 */
export async function refuseSame(source: Database, destination: Database): Promise<void> {
  const id = randomUUID()
  await insertCommit(destination, id)
  const commits = source.query.selectFrom('carillon_commits').select('id').where('id', '=', id)
  const found = await commits.executeTakeFirst()
  await destination.query.deleteFrom('carillon_commits').where('id', '=', id).execute()
  if (found === undefined) return
  throw refusal(
    `${source.description} and ${destination.description} are the same database; name another one in DATABASE_URL.`
  )
}

/** @throws CarillonError `store_unusable`, with what the database holds */
export async function refuseFilled(destination: Database): Promise<void> {
  const held: string[] = []
  for (const table of COPIED_TABLES.filter(({ name }) => mustBeEmpty(name))) {
    const count = await countRows(destination, table)
    const what = table.name.replace('carillon_', '').replaceAll('_', ' ')
    if (count > 0) held.push(`${count} ${what}`)
  }
  if (held.length === 0) return
  throw refusal(
    `${destination.description} is not empty (${held.join(', ')}); name an empty database in DATABASE_URL.`
  )
}

/**
 * A process that only serves the API holds no lease, but all that it writes takes a new id.
 * @throws CarillonError `store_unusable` when ids were given out between the two looks
 */
export function refuseChanged(
  source: Database,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>
): void {
  const changed = [...after].find(([table, id]) => before.get(table) !== id)
  if (changed === undefined) return
  throw refusal(
    `${source.description} was written to while it was copied; stop every process that uses it, and try again.`
  )
}

function refusal(message: string): CarillonError {
  return new CarillonError('store_unusable', message)
}
