import path from 'node:path'
import process from 'node:process'
import { t as file, type Test } from 'tap'
import type { Database } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from '../helpers/migrations.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { runToEnd } from '../helpers/processes.ts'
import { schemaText } from '../helpers/schema-text.ts'
import { seededRandom } from '../helpers/seed.ts'
import {
  createDatabaseUrl,
  DATABASE_KINDS,
  type DatabaseKind
} from '../helpers/server-databases.ts'

file.setTimeout(600_000)

const PROGRAM = path.join(import.meta.dirname, '../helpers/migrating-replica.ts')
const KILLS = 8

async function open(t: Test, url: string): Promise<Database> {
  const database = await openDatabase(url)
  t.teardown(() => database.close())
  return database
}

/** The schema as it is where nothing came in between. */
async function undisturbed(t: Test, kind: DatabaseKind): Promise<string> {
  const database = await open(t, await createDatabaseUrl(t, kind))
  await migrate(database, migrations)
  return schemaText(database)
}

testOnDatabases(
  'each older schema is brought up to date, and is the same then',
  DATABASE_KINDS,
  async (t, kind) => {
    const expected = await undisturbed(t, kind)
    const all = Object.entries(await migrations.getMigrations()).toSorted(([a], [b]) =>
      a < b ? -1 : 1
    )
    for (let known = 1; known < all.length; known++) {
      const database = await open(t, await createDatabaseUrl(t, kind))
      const older = Object.fromEntries(all.slice(0, known))
      await migrate(database, { getMigrations: async () => older })
      const applied = await migrate(database, migrations)
      t.strictSame(
        applied,
        all.slice(known).map(([name]) => name)
      )
      t.equal(await schemaText(database), expected, `from ${all[known - 1]?.[0]}`)
    }
  }
)

testOnDatabases(
  'a process that is killed in the middle of a migration leaves one that two others complete together',
  DATABASE_KINDS,
  async (t, kind) => {
    const random = seededRandom(t)
    const expected = await undisturbed(t, kind)
    const migrateIn = (url: string, number: number) =>
      runToEnd(process.execPath, [PROGRAM, url, String(number)], { cwd: process.cwd() })
    const whole = await migrateIn(await createDatabaseUrl(t, kind), 0)
    const count = Number(whole.stdout)
    t.ok(count > KILLS, `${count} statements`)
    for (let kill = 0; kill < KILLS; kill++) {
      const url = await createDatabaseUrl(t, kind)
      // One in each part, so that no migration is left out for long.
      const number = Math.floor((count * (kill + random.fraction())) / KILLS) + 1
      const killed = await migrateIn(url, number)
      t.equal(killed.stdout, '', `killed before statement ${number}`)
      const [one, other] = await Promise.all([open(t, url), open(t, url)])
      await Promise.all([one, other].map((database) => migrate(database, migrations)))
      t.equal(await schemaText(one), expected)
    }
  }
)
