import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { t as file, type Test } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(300_000)

/** Longer than a lease: one that is not renewed ends meanwhile. */
const BUSY_SECONDS = 30

/** Keeps every processor of the machine busy until the returned function is called. */
function burn(t: Test): () => Promise<void> {
  const children = Array.from({ length: availableParallelism() }, () =>
    spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, '-e', 'for(;;);'], { stdio: 'ignore' })
  )
  const stop = async (): Promise<void> => {
    for (const child of children) {
      if (child.exitCode !== null || child.signalCode !== null) continue
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
  }
  t.teardown(stop)
  return stop
}

testOnDatabases(
  'processors that have no time to spare cost no replica its lease',
  ['postgres', 'sqlite'],
  async (t, kind) => {
    const random = seededRandom(t)
    // As it is by default.
    const env = { CARILLON_LEASE: '30s', CARILLON_HEARTBEAT: '10s' }
    const { fleet, sink, startStorm } = await createStormGround(t, {
      databaseUrl: await createDatabaseUrl(t, kind),
      replicas: 2,
      env
    })
    const calm = burn(t)
    const storm = await startStorm(random, { jobs: 60, seconds: BUSY_SECONDS })
    const { faults, runs } = await storm.settle({ isExcused: () => false })
    await calm()
    t.strictSame(faults, [], `${sink.requests.length} requests`)
    const again = runs.filter((run) => run.attempts.some(({ outcome }) => outcome === 'crashed'))
    t.strictSame(again, [], 'none was taken over')
    const lost = fleet.lines().filter((line) => /took the runs over/.test(String(line['msg'])))
    t.strictSame(lost, [])
  }
)
