import { access, constants } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { sql } from 'kysely'
import { migrations } from '../../core/migrations.ts'
import { messageOf } from '../../src/domain/errors.ts'
import type { Database } from '../../src/store/db.ts'
import { findSchemaAge } from '../../src/store/migrate.ts'
import { openDatabase, sqlitePath } from '../../src/store/open.ts'
import { findServerVersion } from '../../src/store/server-version.ts'
import { checkPlace } from '../../src/store/sqlite-place.ts'
import { failed, ok, warning, type Finding, type Storage } from './check.ts'
import { inTime } from './in-time.ts'

/** Opens the database of a URL without changing or creating anything; what is wrong is a finding. */
export async function openStorage(url: string, deadlineMs: number): Promise<Storage> {
  try {
    const file = fileOf(url)
    if (file !== null) checkPlace(file)
    const found = file === null ? null : await findingOfFile(file)
    if (found !== null) return without(found)
    if (sqlitePath(url) === ':memory:') {
      return without(warning('The database is in memory: it ends with the service.'))
    }
    const opening = openAndAsk(url)
    const late = (): Storage => {
      // Whoever gave up on it does not use it, but must not leave it open.
      opening.then(({ database }) => database?.close()).catch(() => undefined)
      return without(failed(`The database gives no answer within ${deadlineMs / 1_000} s.`))
    }
    return await inTime(opening, deadlineMs, late)
  } catch (error) {
    return without(failed(messageOf(error)))
  }
}

/** No database, and why. */
export function without(finding: Finding): Storage {
  return { database: null, age: 'none', finding }
}

function fileOf(url: string): string | null {
  const place = sqlitePath(url)
  return place === null || place === '' || place === ':memory:' ? null : path.resolve(place)
}

/** What there is to say of a file that there is not yet, or that cannot be written; else null. */
async function findingOfFile(file: string): Promise<Finding | null> {
  const folder = path.dirname(file)
  const isThere = existsSync(file)
  for (const place of isThere ? [folder, file] : [folder]) {
    if (await isWritable(place)) continue
    return failed(`${place} cannot be written to; check its permissions, or choose another path.`)
  }
  return isThere ? null : ok(`${file} will be created when the service starts.`)
}

async function isWritable(place: string): Promise<boolean> {
  return access(place, constants.W_OK).then(
    () => true,
    () => false
  )
}

async function openAndAsk(url: string): Promise<Storage> {
  const database = await openDatabase(url, { queryOnly: true, poolSize: 2, startTries: 1 })
  try {
    const version = await findServerVersion(database)
    const latencyMs = await measure(database)
    const age = await findSchemaAge(database, migrations)
    const answer = `${database.description} (${version}) answers in ${latencyMs.toFixed(1)} ms.`
    const detail = [answer, ...database.warnings].join(' ')
    return { database, age, finding: database.warnings.length === 0 ? ok(detail) : warning(detail) }
  } catch (error) {
    await database.close()
    throw error
  }
}

/** How long the database takes to answer, the connection being there. */
async function measure({ query }: Database): Promise<number> {
  const begin = performance.now()
  await sql`select 1`.execute(query)
  return performance.now() - begin
}
