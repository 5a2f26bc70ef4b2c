import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { findFaults } from '../helpers/checker/check.ts'
import { startFleet, type Fleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { readLedger } from '../helpers/read-ledger.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import type { Service } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { untilCalm } from '../helpers/storm.ts'

file.setTimeout(300_000)

const JOBS = 2_000
/** Fewer than this would not be worth the name; a slow machine may not create all in time. */
const LEAST_JOBS = 500
const CREATING_MS = 12_000
/** Requests that each replica gets at a time. */
const ASKED_TOGETHER = 2

/** Creates as many jobs for one instant as there is time for; each replica is asked for its share. */
async function createJobs(fleet: Fleet, url: string): Promise<Job[]> {
  const dueAt = Date.now() + CREATING_MS
  const jobs: Job[] = []
  let asked = 0
  const createSome = async (service: Service): Promise<void> => {
    while (asked++ < JOBS && Date.now() < dueAt - 1_000) {
      const start_date = new Date(dueAt).toISOString()
      jobs.push(await service.createJob({ start_date, target: { type: 'http', url } }))
    }
  }
  const askedTogether = Array.from({ length: ASKED_TOGETHER }, () => fleet.live).flat()
  await Promise.all(askedTogether.map(createSome))
  await delay(dueAt - Date.now())
  return jobs
}

testOnDatabases(
  'of 2,000 runs due at one instant, four replicas start each exactly once',
  DATABASE_KINDS,
  async (t, kind) => {
    const sink = await createSink(t)
    const databaseUrl = await createDatabaseUrl(t, kind)
    // Few slots: most runs have to be claimed, by four replicas from one queue.
    const env = { CARILLON_MAX_CONCURRENT_RUNS: '20' }
    const fleet = await startFleet(t, { databaseUrl, replicas: 4, env })
    const jobs = await createJobs(fleet, sink.url)
    t.ok(jobs.length >= LEAST_JOBS, `${jobs.length} jobs`)
    await untilCalm(fleet, 'job')
    const runs = await readLedger(fleet.read)
    const evidence = { jobs: jobs.map((job) => ({ job })), runs, requests: sink.requests }
    t.strictSame(findFaults({ ...evidence, isExcused: () => false }), [])
    // A claim that is answered too late starts nothing, and the next one has a higher token.
    const again = runs.filter((run) => run.attempts.length !== 1 || run.state !== 'succeeded')
    t.strictSame(again, [], 'each succeeded at its only start')
    t.equal(sink.requests.length, jobs.length, 'one request each')
    const shares = [...Map.groupBy(runs, (run) => run.replica).values()]
    t.ok(shares.length > 1, `shares of ${shares.map((share) => share.length).join(', ')}`)
  }
)
