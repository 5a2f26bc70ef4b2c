import { t as file, type Test } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { startFleet, type Fleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import {
  createDatabaseUrl,
  DATABASE_KINDS,
  type DatabaseKind
} from '../helpers/server-databases.ts'
import type { Service } from '../helpers/service.ts'
import { createSink, SILENCE } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

interface Held {
  fleet: Fleet
  /** Carried out by one replica, and not ending by itself. */
  run: Run
  /** The replica that does not. */
  stranger: Service
  stopped: () => Promise<void>
}

/** A run whose target never answers, on one of two replicas. */
async function holdRun(t: Test, kind: DatabaseKind): Promise<Held> {
  const sink = await createSink(t)
  sink.respondWith(SILENCE)
  const fleet = await startFleet(t, {
    databaseUrl: await createDatabaseUrl(t, kind),
    replicas: 2
  })
  const [asked] = fleet.live
  const target = { type: 'http', url: sink.url }
  const job = await asked?.createJob({ target, schedule: '@yearly', timeout: '10m' })
  await asked?.request(`POST /jobs/${job?.id}/run`)
  await sink.next()
  const { body } = await fleet.read('/runs')
  const [run] = body as Run[]
  if (run === undefined) throw new Error('There is no record of the run.')
  const holder = fleet.replicaOf(run)
  const stranger = fleet.live.find((service) => service !== holder)
  if (stranger === undefined) throw new Error('There is no other replica.')
  return { fleet, run, stranger, stopped: sink.disconnected }
}

async function untilCancelled({ fleet }: Held, id: number): Promise<Run> {
  return until('the end of the run', async () => {
    const run = (await fleet.read(`/runs/${id}`)).body as Run
    return run.state === 'running' ? null : run
  })
}

testOnDatabases(
  'a run is cancelled through a replica that does not run it',
  DATABASE_KINDS,
  async (t, kind) => {
    const held = await holdRun(t, kind)
    const { run, stranger } = held
    const { status } = await stranger.request(`POST /runs/${run.id}/cancel`)
    t.equal(status, 202)
    await held.stopped()
    const ended = await untilCancelled(held, run.id)
    t.equal(ended.state, 'cancelled')
    t.equal(ended.attempt, 1)
    t.strictSame(
      ended.attempts.map((attempt) => attempt.outcome),
      ['cancelled']
    )
  }
)

testOnDatabases(
  'a job is deleted through a replica that does not run it, and its run is cancelled',
  DATABASE_KINDS,
  async (t, kind) => {
    const held = await holdRun(t, kind)
    const { run, stranger } = held
    const { status } = await stranger.request(`DELETE /jobs/${run.job_id}`)
    t.equal(status, 204)
    await held.stopped()
    const ended = await untilCancelled(held, run.id)
    t.equal(ended.state, 'cancelled')
    t.equal(ended.reason, 'job_deleted')
    t.strictSame((await held.fleet.read('/jobs')).body, [])
  }
)
