/** A process of its own that opens the database named by its argument, brings it up to date, and says how that went. */
import { argv, stdout } from 'node:process'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from './migrations.ts'

try {
  const database = await openDatabase(argv[2] ?? '')
  const applied = await migrate(database, migrations)
  await database.close()
  stdout.write(JSON.stringify({ applied }))
} catch (error) {
  stdout.write(JSON.stringify({ message: String(error) }))
}
