import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { FileMigrationProvider } from 'kysely/migration'

/** Where the schema comes from, one file a change. */
export const migrations = new FileMigrationProvider({
  fs: { readdir },
  path,
  migrationFolder: path.join(import.meta.dirname, '../migrations')
})
