import fp from 'fastify-plugin'
import { openStorage } from '../core/storage.ts'
import type { AppOptions } from './instance.ts'

/** Opens the database, brings its schema up to date, and decorates `db`. */
export default fp<AppOptions>(
  async (app, { config }) => {
    const database = await openStorage(config, app.log)
    app.addHook('onClose', () => database.close())
    app.decorate('db', database)
  },
  { name: 'carillon-db' }
)
