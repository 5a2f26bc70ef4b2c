import { readdir } from 'node:fs/promises'
import path from 'node:path'
import fp from 'fastify-plugin'
import { FileMigrationProvider } from 'kysely/migration'
import type { AppOptions } from './instance.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'

/** Where the schema comes from, one file a change. */
export const migrations = new FileMigrationProvider({
  fs: { readdir },
  path,
  migrationFolder: path.join(import.meta.dirname, '../migrations')
})

/** Opens the database, brings its schema up to date, and decorates `db`. */
export default fp<AppOptions>(
  async (app, { config }) => {
    const database = await openDatabase(config.database, { poolSize: config.poolSize })
    app.addHook('onClose', () => database.close())
    for (const warning of database.warnings) app.log.warn(warning)
    const applied = await migrate(database, migrations)
    if (applied.length > 0) app.log.info({ migrations: applied }, 'The database was migrated.')
    app.decorate('db', database)
  },
  { name: 'carillon-db' }
)
