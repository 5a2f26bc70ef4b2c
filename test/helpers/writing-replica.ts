/**
 * A process of its own that writes to `carillon.db`, in the folder it is started in, and prints a line
 * once each write is acknowledged: `job <id>` of one that is there, `run <id>` of one that is over.
 */
import { writeSync } from 'node:fs'
import { openScheduler } from '../../core.ts'

const JOBS = 60

const scheduler = await openScheduler({ database: 'sqlite:./carillon.db' })
scheduler.on('runs_settled', ({ runs }) => {
  for (const { run } of runs) writeSync(1, `run ${run.id}\n`)
})
for (let index = 0; index < JOBS; index++) {
  const { id } = await scheduler.createJob({ name: `job ${index}`, schedule: '@yearly' })
  writeSync(1, `job ${id}\n`)
  if (index % 3 === 0) await scheduler.run(id)
}
await scheduler.close()
