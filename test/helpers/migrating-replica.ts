/**
 * A process of its own that brings a database up to date, and ends by its own `kill -9` before one of
 * the statements: `migrating-replica.ts <database> <number>`. It prints how many there were.
 */
import { writeSync } from 'node:fs'
import process, { argv } from 'node:process'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { migrations } from './migrations.ts'
import { watchDatabase } from './watched-database.ts'

const [url = '', number = '0'] = argv.slice(2)
const database = await openDatabase(url)
const watch = watchDatabase(database)
let count = 0
watch.onStatement = () => {
  if (++count === Number(number)) process.kill(process.pid, 'SIGKILL')
}
await migrate(watch.database, migrations)
writeSync(1, String(count))
await database.close()
