/** Works off what BullMQ has: `node bench/peers/bullmq-worker.js <url>`, started by the bench. */
import process from 'node:process'
import { tell, untilStopped } from '../reports.ts'
import { importBullMq } from './bullmq.ts'
import { QUEUE } from './peer.ts'

/** Its documentation advises 100 to 300 at a time where a job takes next to no time. */
const CONCURRENCY = 200

const { Worker } = await importBullMq()
const worker = new Worker(QUEUE, async () => undefined, {
  connection: { url: process.argv[2], maxRetriesPerRequest: null },
  concurrency: CONCURRENCY
})
await worker.waitUntilReady()
tell(null)
await untilStopped()
await worker.close()
