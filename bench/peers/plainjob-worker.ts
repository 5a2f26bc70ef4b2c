/** Works off what plainjob has: `node bench/peers/plainjob-worker.js <url>`, started by the bench. */
import process from 'node:process'
import { tell, untilStopped } from '../reports.ts'
import { QUEUE } from './peer.ts'
import { connectPlainJob, importPlainJob, LOGGER } from './plainjob.ts'

const library = await importPlainJob()
const queue = connectPlainJob(library, process.argv[2] ?? '')
const worker = library.defineWorker(QUEUE, async () => undefined, {
  queue,
  logger: LOGGER,
  pollIntervall: 10
})
void worker.start()
tell(null)
await untilStopped()
await worker.stop()
queue.close()
