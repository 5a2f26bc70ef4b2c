/**
 * A process of its own that runs what is due and ends by its own `kill -9` at one point of its work:
 * `failing-replica.ts <database> <point> <secret key>`. The points are where they are by what anybody
 * can listen to; the product knows nothing of them.
 */
import { subscribe } from 'node:diagnostics_channel'
import { writeSync } from 'node:fs'
import process, { argv } from 'node:process'
import { clockOf } from '../../core/clock-of.ts'
import { schedulerOptions } from '../../core/scheduler-options.ts'
import { parseConfig } from '../../src/config.ts'
import { createScheduler } from '../../src/scheduler.ts'
import { openDatabase } from '../../src/store/open.ts'
import type { FailPoint } from './fail-points.ts'
import { plainText, watchDatabase } from './watched-database.ts'

const [database = '', point = '', secretKey = ''] = argv.slice(2)

const dieAt = (reached: FailPoint): void => {
  if (reached !== point) return
  writeSync(1, reached)
  process.kill(process.pid, 'SIGKILL')
}

const ignore = (): void => undefined
const watch = watchDatabase(await openDatabase(database))
const { clock } = await clockOf(watch.database, undefined)
const log = { info: ignore, warn: ignore, error: ignore }
const config = parseConfig({ database, secretKey })
const surroundings = {
  db: watch.database,
  clock,
  log,
  shown: [],
  cache: () => null,
  clockSkewMs: () => 0,
  isLocal: () => true
}
const scheduler = createScheduler(schedulerOptions(config, surroundings))

// The commit of the claim is over, and the attempt has begun without having sent anything yet.
scheduler.on('runs_started', () => dieAt('after_claim'))
subscribe('undici:request:trailers', () => dieAt('after_request'))
watch.onStatement = (statement) => {
  // The result is written by then, in a transaction that is not committed.
  if (plainText(statement).includes('last_run_at = given.ran_at')) dieAt('before_finish')
}
await scheduler.start()
