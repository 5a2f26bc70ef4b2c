import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { t as file, test, type Test } from 'tap'
import { openScheduler } from '../../core.ts'
import { diskAfter, noStrace, traceWrites, type Disk, type Step } from '../helpers/power-cut.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createFolder } from '../helpers/service.ts'

file.setTimeout(300_000)

const CUTS = 24
const PROGRAM = path.join(import.meta.dirname, '../helpers/writing-replica.ts')

/** What was acknowledged before the cut, by its table: ids of jobs that are there, of runs that are over. */
function acknowledged(steps: readonly Step[], what: 'job' | 'run'): number[] {
  const told = steps.flatMap((step) => (step.kind === 'told' ? step.text.split('\n') : []))
  return told.flatMap((line) => (line.startsWith(`${what} `) ? [Number(line.slice(4))] : []))
}

/** Starts a scheduler on what a power cut left. @returns what is wrong with it */
async function faultsOf(t: Test, disk: Disk, before: readonly Step[]): Promise<string[]> {
  const folder = await createFolder(t)
  for (const [name, content] of disk) await writeFile(path.join(folder, name), content)
  const database = path.join(folder, 'carillon.db')
  const scheduler = await openScheduler({ database: `sqlite:${database}` })
  await scheduler.close()
  const connection = new Sqlite(database)
  const ids = (statement: string): Set<number> =>
    new Set(connection.prepare<[], number>(statement).pluck().all())
  const jobs = ids('select id from carillon_jobs')
  const over = ids(`select id from carillon_runs where state = 'succeeded'`)
  const verdict = String(connection.pragma('integrity_check', { simple: true }))
  connection.close()
  return [
    ...(verdict === 'ok' ? [] : [verdict]),
    ...acknowledged(before, 'job').flatMap((id) => (jobs.has(id) ? [] : [`job ${id} is lost`])),
    ...acknowledged(before, 'run').flatMap((id) =>
      over.has(id) ? [] : [`the result of run ${id} is lost`]
    )
  ]
}

test(
  'whenever the power is cut, what was acknowledged is on the disk, and a service starts on it',
  { skip: noStrace },
  async (t) => {
    const random = seededRandom(t)
    const steps = traceWrites(await createFolder(t), [PROGRAM])
    const last = acknowledged(steps, 'job').length + acknowledged(steps, 'run').length
    t.ok(last > 70, `${steps.length} steps, ${last} acknowledged`)
    for (let cut = 1; cut <= CUTS; cut++) {
      const before = steps.slice(0, Math.floor((steps.length * cut) / CUTS))
      for (const survives of ['nothing', random] as const) {
        const faults = await faultsOf(t, diskAfter(before, survives), before)
        const what = survives === 'nothing' ? 'nothing unsynced' : 'a part of the unsynced'
        t.strictSame(faults, [], `cut ${cut} of ${CUTS}, ${what} survives`)
      }
    }
  }
)
