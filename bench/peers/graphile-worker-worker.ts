/** Works off what graphile-worker has: `node bench/peers/graphile-worker-worker.js <url>`. */
import process from 'node:process'
import { tell, untilStopped } from '../reports.ts'
import { importGraphileWorker } from './graphile-worker.ts'
import { QUEUE } from './peer.ts'

/** As the page on performance of its documentation advises for many short jobs. */
const WORKER = {
  concurrentJobs: 24,
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
  pollInterval: 500
}

const { Logger, run } = await importGraphileWorker()
const runner = await run({
  connectionString: process.argv[2],
  noHandleSignals: true,
  logger: new Logger(() => () => undefined),
  taskList: { [QUEUE]: () => undefined },
  preset: { worker: WORKER }
})
tell(null)
await untilStopped()
await runner.stop()
