/** Works off what Agenda has: `node bench/peers/agenda-worker.js <url>`, started by the bench. */
import process from 'node:process'
import { Pool } from 'pg'
import { tell, untilStopped } from '../reports.ts'
import { connectAgenda } from './agenda.ts'
import { QUEUE } from './peer.ts'

const pool = new Pool({ connectionString: process.argv[2] })
const agenda = await connectAgenda(pool)
agenda.define(QUEUE, async () => undefined)
await agenda.start()
tell(null)
await untilStopped()
await agenda.stop()
// Its connections would keep the process: what listens is not given back.
process.exit()
