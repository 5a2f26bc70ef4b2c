import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import process from 'node:process'
import { t as file, type Test } from 'tap'
import { startFleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createSink } from '../helpers/sink.ts'
import { answerSoon, startStorm } from '../helpers/storm.ts'

file.setTimeout(300_000)

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
    const sink = await createSink(t)
    answerSoon(sink, random)
    const databaseUrl = await createDatabaseUrl(t, kind)
    // As it is by default.
    const env = { CARILLON_LEASE: '30s', CARILLON_HEARTBEAT: '10s' }
    const fleet = await startFleet(t, { databaseUrl, replicas: 2, env })
    const calm = burn(t)
    const storm = await startStorm({ fleet, sink, random, jobs: 60 })
    const { faults, runs } = await storm.settle({ isExcused: () => false })
    await calm()
    t.strictSame(faults, [], `${sink.requests.length} requests`)
    const again = runs.filter((run) => run.attempts.some(({ outcome }) => outcome === 'crashed'))
    t.strictSame(again, [], 'none was taken over')
    const lost = fleet.lines().filter((line) => /took the runs over/.test(String(line['msg'])))
    t.strictSame(lost, [])
  }
)
