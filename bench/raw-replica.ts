/**
 * Writes what a scheduler would record, and nothing else: `node bench/raw-replica.js <database>
 * <batch> <part>,<of>`, started by the bench. It takes the jobs whose ids leave `part` when divided
 * by `of`, all that are due at once.
 */
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectRaw } from './raw-connection.ts'
import { recordAll, type RawDue } from './raw-records.ts'
import { tell, untilStopped } from './reports.ts'

const [url = '', batch = '', share = ''] = process.argv.slice(2)
const [part = 0, of = 1] = share.split(',').map(Number)
const POLL_MS = 100

const connection = await connectRaw(url)
let stopped = false
let recorded = 0
tell(null)
const stop = untilStopped().finally(() => {
  stopped = true
})
while (!stopped) {
  const due = await connection.findDue(part, of)
  if (due === null) await sleep(POLL_MS)
  else await record(due)
}
await stop
await connection.close()

async function record(due: RawDue): Promise<void> {
  await sleep(Math.max(0, due.at - Date.now()))
  await recordAll(connection, due, Number(batch))
  recorded += due.ids.length
  tell({ recorded, calls: recorded, lastAt: Date.now() })
}
