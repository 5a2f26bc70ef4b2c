import type { Config } from '../../src/config.ts'
import type { Database } from '../../src/store/db.ts'
import { skipped, type Check, type FindingState, type Parts } from './check.ts'

type Look<Needed> = (needed: Needed, parts: Parts) => ReturnType<Check['run']>

/** A check that is skipped where the configuration cannot be read. */
export function withConfig(look: Look<Config>): Check['run'] {
  return (parts) =>
    parts.config === null ? skipped('The configuration cannot be read.') : look(parts.config, parts)
}

/** A check that is skipped where there is no database to ask. */
export function withDatabase(look: Look<Database>): Check['run'] {
  return (parts) => {
    const { database, finding } = parts.storage
    return database === null ? skipped(REASONS[finding.state]) : look(database, parts)
  }
}

const REASONS: Readonly<Record<FindingState, string>> = {
  ok: 'There is no database yet.',
  warning: 'There is no database yet.',
  failed: 'The database cannot be opened.',
  skipped: 'The database was not opened.'
}

/** A check that is skipped where the database has not the tables of this version. */
export function withTables(look: Look<Database>): Check['run'] {
  return withDatabase((database, parts) => {
    const { age } = parts.storage
    if (age === 'none') return skipped('The database has no tables yet.')
    if (age === 'older') return skipped('Migrations are left to be applied.')
    return look(database, parts)
  })
}
