import type { ServerResponse } from 'node:http'
import { t as file, type Test } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { openDatabase } from '../../src/store/open.ts'
import { findFaults } from '../helpers/checker/check.ts'
import { HEARTBEAT_MS, LEASE_MS, startFleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import {
  createDatabaseUrl,
  DATABASE_KINDS,
  type DatabaseKind
} from '../helpers/server-databases.ts'
import { createSink, type SinkAnswer } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const RUNS = 5

/** What a process says whose runs another one has taken over. */
const TOO_LATE = /^(?:A result came too late and was refused|Another process took the runs over)\.$/

async function outliveLease(t: Test, kind: DatabaseKind): Promise<void> {
  const sink = await createSink(t)
  const firstAnswers: (() => void)[] = []
  const waits: SinkAnswer = (response) => firstAnswers.push(() => response.end('too late'))
  const [one, ...others] = Array.from({ length: RUNS }, () => waits)
  sink.respondWith(one ?? waits, ...others, { body: 'in time' })
  const fleet = await startFleet(t, {
    databaseUrl: await createDatabaseUrl(t, kind),
    replicas: 2
  })
  const [holder, other] = fleet.live
  if (holder === undefined || other === undefined) throw new Error('No two processes run.')
  const target = { type: 'http', url: sink.url }
  const job = await holder.createJob({ target, schedule: '@yearly', overlap: 'allow' })
  for (let index = 0; index < RUNS; index++) await holder.request(`POST /jobs/${job.id}/run`)
  await until('the first requests', async () => sink.requests.length === RUNS)

  fleet.suspend(holder)
  const suspendedAt = Date.now()
  const ended = async (): Promise<Run[]> => {
    const runs = await other.listRuns(job.id)
    return runs.filter((run) => run.state === 'succeeded')
  }
  const runs = await until('the other replica to take over', async () => {
    const found = await ended()
    return found.length === RUNS ? found : null
  })
  for (const answer of firstAnswers) answer()
  fleet.resume(holder)
  await until('the first replica to hear of it', async () =>
    holder.lines.some((line) => TOO_LATE.test(String(line['msg'])))
  )
  await until('an answer of the first replica', async () => {
    const { body } = await holder.request('GET /readyz')
    return body !== null
  })

  t.strictSame(await ended(), runs, 'the late results changed nothing')
  for (const run of runs) {
    const outcomes = run.attempts.map(({ attempt, outcome, replica }) => ({
      attempt,
      outcome,
      by: fleet.replicaOf({ replica })
    }))
    t.equal(outcomes.length, 2, `run ${run.id} shows both attempts`)
    t.hasStrict(outcomes[0], { attempt: 1, outcome: 'crashed' })
    t.hasStrict(outcomes[1], { attempt: 2, outcome: 'succeeded' })
    t.equal(outcomes[0]?.by, holder)
    t.equal(outcomes[1]?.by, other)
    t.hasStrict(run.result, { body: 'in time' })
  }
  const second = sink.requests.slice(RUNS)
  // The last renewal is one heartbeat old at the most, give or take what a timer is late.
  const leaseEnd = suspendedAt + LEASE_MS - 2 * HEARTBEAT_MS
  const hasty = second.filter((request) => request.arrivedAt < leaseEnd)
  t.strictSame(hasty, [], 'nothing started again while the lease was live')
  const { isExcused } = fleet
  const evidence = { jobs: [{ job, owedUntil: 0 }], runs, requests: sink.requests, isExcused }
  t.strictSame(findFaults(evidence), [])
  t.strictSame(fleet.surprises(), [])
}

testOnDatabases(
  'a replica that sleeps past its lease finds its runs taken over, its results refused',
  DATABASE_KINDS,
  outliveLease
)

/** As a replica would that cannot see that the other one is alive. */
async function declareDead(databaseUrl: string, pid: number): Promise<void> {
  const database = await openDatabase(databaseUrl)
  await database.query
    .updateTable('carillon_replicas')
    .set({ expires_at: 1 })
    .where('pid', '=', pid)
    .execute()
  await database.close()
}

testOnDatabases(
  'a replica that is taken for dead while it works has its result refused',
  DATABASE_KINDS,
  async (t, kind) => {
    const sink = await createSink(t)
    const responses: ServerResponse[] = []
    sink.respondWith((response) => responses.push(response))
    const databaseUrl = await createDatabaseUrl(t, kind)
    // Renewed so seldom that it is the late result which finds out, not the next renewal.
    const env = { CARILLON_LEASE: '60s', CARILLON_HEARTBEAT: '25s' }
    const fleet = await startFleet(t, { databaseUrl, replicas: 1, env })
    const [holder] = fleet.live
    if (holder === undefined) throw new Error('No process runs.')
    const target = { type: 'http', url: sink.url }
    const job = await holder.createJob({ target, schedule: '@yearly' })
    await holder.request(`POST /jobs/${job.id}/run`)
    await sink.next()
    const other = await fleet.start()
    await declareDead(databaseUrl, holder.pid)
    const rescued = await until('the run to be taken over', async () => {
      const [run] = await other.listRuns(job.id)
      return run !== undefined && run.attempts[0]?.outcome === 'crashed'
    })
    t.ok(rescued)
    responses[0]?.end('too late')
    await until('the first replica to hear of it', async () =>
      holder.lines.some((line) => TOO_LATE.test(String(line['msg'])))
    )
    await until('the second request', async () => sink.requests.length === 2)
    responses[1]?.end('in time')
    const run = await until('the end of the run', async () => {
      const [found] = await other.listRuns(job.id)
      return found?.state === 'succeeded' ? found : null
    })
    t.hasStrict(run.result, { body: 'in time' })
    t.equal(run.fencing_token, 2)
    const evidence = { jobs: [{ job, owedUntil: 0 }], runs: [run], requests: sink.requests }
    t.strictSame(findFaults(evidence), [])
  }
)
