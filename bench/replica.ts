/** A scheduler without its API: `node bench/replica.js <database> <slots>`, started by the bench. */
import process from 'node:process'
import { createHost } from './host.ts'
import { tell, untilStopped } from './reports.ts'

const [database = '', slots = ''] = process.argv.slice(2)
let recorded = 0
let calls = 0
const host = await createHost({
  database,
  handler: () => {
    calls++
  },
  maxConcurrentRuns: Number(slots),
  routes: false
})
// Told of after the commit: `finished_at` in the ledger is when the handler ended, which is earlier.
host.scheduler.events.on('runs_settled', ({ runs }) => {
  recorded += runs.filter((run) => run.state === 'succeeded').length
  tell({ recorded, calls, lastAt: Date.now() })
})
await host.scheduler.start()
tell(null)
await untilStopped()
await host.close()
