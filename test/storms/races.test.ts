import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { startFleet, type Fleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { plantJobs, type PlantedJob } from '../helpers/planted-jobs.ts'
import type { Random } from '../helpers/random.ts'
import { readLedger } from '../helpers/read-ledger.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { isOver, type Service, type ServiceAnswer } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const RACES = 500
/** Races are run in this many instants, one after the other. */
const ROUNDS = 5
/** A change comes so much before or after the instant. */
const AROUND_MS = 40
const LEAD_MS = 1_500

const CHANGES = ['edit', 'pause', 'resume', 'delete'] as const
type Change = (typeof CHANGES)[number]

function send(service: Service, id: number, change: Change): Promise<ServiceAnswer> {
  if (change === 'edit') return service.request(`PATCH /jobs/${id}`, { params: 'new' })
  if (change === 'delete') return service.request(`DELETE /jobs/${id}`)
  return service.request(`POST /jobs/${id}/${change}`)
}

interface Race {
  id: number
  change: Change
  dueAt: number
  sentAt: number
  answeredAt: number
  status: number
}

function planted(change: Change, dueAt: number): PlantedJob {
  const input: JobInput = {
    name: change,
    start_date: new Date(dueAt).toISOString(),
    repeat_interval: '1h',
    params: 'old'
  }
  return { input, nextRunAt: change === 'resume' ? null : dueAt }
}

/** Changes each job around the instant at which it is due, through any replica. */
async function race(fleet: Fleet, random: Random, databaseUrl: string): Promise<Race[]> {
  const dueAt = Date.now() + LEAD_MS
  const changes = Array.from({ length: RACES / ROUNDS }, () => random.pick(CHANGES))
  const jobs = changes.map((change) => planted(change, dueAt))
  const ids = await plantJobs(databaseUrl, jobs)
  return Promise.all(
    ids.map(async (id, index) => {
      const change = changes[index] ?? 'edit'
      const wait = dueAt + random.integer(-AROUND_MS, AROUND_MS) - Date.now()
      await delay(Math.max(0, wait))
      const sentAt = Date.now()
      const { status } = await send(random.pick(fleet.live), id, change)
      return { id, change, dueAt, sentAt, answeredAt: Date.now(), status }
    })
  )
}

testOnDatabases(
  '500 changes at the due instant: once answered, nothing is recorded by the old definition, lost or doubled',
  DATABASE_KINDS,
  async (t, kind) => {
    const random = seededRandom(t)
    const databaseUrl = await createDatabaseUrl(t, kind)
    const fleet = await startFleet(t, { databaseUrl, replicas: 2 })
    const races: Race[] = []
    for (let round = 0; round < ROUNDS; round++) {
      races.push(...(await race(fleet, random, databaseUrl)))
    }
    const runs = await until('the end of every run', async () => {
      const all = await readLedger(fleet.read)
      return all.every(isOver) ? all : null
    })
    const byJob = Map.groupBy(runs, (run) => run.job_id)
    const faults: string[] = []
    const seen = { before: 0, after: 0 }
    for (const { id, change, dueAt, sentAt, answeredAt, status } of races) {
      const own = byJob.get(id) ?? []
      const say = (what: string): void => void faults.push(`${change} of job ${id}: ${what}`)
      if (status >= 300) say(`answered with ${status}`)
      if (own.length > 1) say(`${own.length} records`)
      const [run] = own
      seen[run === undefined || run.job_version > 1 ? 'after' : 'before']++
      if (run === undefined && change === 'edit') say('no record')
      if (run === undefined && change === 'resume' && answeredAt < dueAt) say('no record')
      if (run === undefined) continue
      if (Date.parse(run.scheduled_for) !== dueAt) say(`a run for ${run.scheduled_for}`)
      // What was due before the change is owed, by the definition under which it was due.
      const isOld = change !== 'resume' && run.job_version === 1
      if (isOld && Date.parse(run.queued_at) > answeredAt) say('recorded after the answer')
      const startedAt = Date.parse(run.started_at ?? '')
      if (change === 'delete' && startedAt > answeredAt) say('started after the answer')
      if (change === 'resume' && sentAt > dueAt) say('the past was fired')
    }
    t.strictSame(faults, [])
    t.ok(seen.before > 0 && seen.after > 0, `both orders were seen: ${JSON.stringify(seen)}`)
    const { body: left } = await fleet.read('/jobs?limit=1000')
    t.equal((left as unknown[]).length, races.filter(({ change }) => change !== 'delete').length)
    t.strictSame(fleet.surprises(), [])
  }
)
