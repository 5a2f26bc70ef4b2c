import { ok, warning, type Check, type Finding } from './check.ts'
import { withDatabase } from './needs.ts'
import type { SchemaAge } from '../../src/store/migrate.ts'

const FINDINGS: Readonly<Record<SchemaAge, Finding>> = {
  none: ok('There are no tables yet; the service makes them when it starts.'),
  current: ok('The schema is up to date.'),
  older: warning(
    'Migrations are left to be applied; the service does it when it starts, and "carillon migrate" does it now.'
  ),
  newer: warning(
    'The schema is of a newer version; this one works with it, but should give way to the newer one.'
  )
}

/** Whether the schema is that of this version. */
export const migrations: Check = {
  name: 'migrations',
  run: withDatabase((_database, { storage }) => FINDINGS[storage.age])
}
