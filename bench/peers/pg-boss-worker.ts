/** Works off the queue of pg-boss: `node bench/peers/pg-boss-worker.js <url>`, started by the bench. */
import process from 'node:process'
import { tell, untilStopped } from '../reports.ts'
import { QUEUE, startBoss } from './pg-boss.ts'

/**
 * As the page on workers of its documentation advises where there is much to do: large batches,
 * several workers in one process, the next batch at once as long as they come full, and the shortest
 * interval of polling there is. More of either was not faster here.
 */
const OPTIONS = {
  batchSize: 1_000,
  localConcurrency: 4,
  burstWhenBatchFull: true,
  pollingIntervalSeconds: 0.5
}

const boss = await startBoss(process.argv[2] ?? '')
let calls = 0
await boss.work(QUEUE, OPTIONS, async (jobs) => {
  calls += jobs.length
  // They are recorded when this has returned; when exactly, its tables tell.
  tell({ recorded: calls, calls, lastAt: Date.now() })
})
tell(null)
await untilStopped()
await boss.stop()
