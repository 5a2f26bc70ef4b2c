import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { startFleet, type Fleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import type { Random } from '../helpers/random.ts'
import { readAll } from '../helpers/read-ledger.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createSink } from '../helpers/sink.ts'
import { answerSoon, startStorm } from '../helpers/storm.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'

file.setTimeout(600_000)

/** One of so many commits is never answered. */
const ONE_OF = 20

/** What clients asked for, by name, and whether they were told that it is there. */
type Asked = Map<string, number | 'no answer'>

/** Creates jobs as fast as one client can; a request that fails is not repeated. */
async function keepCreating(fleet: Fleet, random: Random, goesOn: () => boolean): Promise<Asked> {
  const asked: Asked = new Map()
  while (goesOn()) {
    const name = `mark ${asked.size + 1}`
    const call = random.pick(fleet.live).request('POST /jobs', { name, schedule: '@yearly' })
    asked.set(name, await call.then(({ status }) => status).catch(() => 'no answer'))
    await delay(10)
  }
  return asked
}

testOnDatabases(
  'commits that are never answered: nothing doubled, nothing lost, what was acknowledged is there',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const random = seededRandom(t)
    const sink = await createSink(t)
    answerSoon(sink, random)
    const proxy = await createTcpProxy(t, kind, await createDatabaseUrl(t, kind))
    const fleet = await startFleet(t, { databaseUrl: proxy.url, replicas: 3 })
    const storm = await startStorm({ fleet, sink, random, jobs: 60 })
    proxy.loseCommits(() => (random.integer(1, ONE_OF) === 1 ? 'after' : null))
    const asked = await keepCreating(fleet, random, storm.blows)
    proxy.loseCommits(null)
    const { faults } = await storm.settle()
    t.strictSame(faults, [], `${proxy.lost()} commits unanswered of ${asked.size} writes`)
    t.ok(proxy.lost() > 0)

    const jobs = await readAll<Job>(fleet.read, '/jobs?q=mark&limit=1000')
    const counts = new Map(
      [...Map.groupBy(jobs, (job) => job.name)].map(([name, all]) => [name, all.length])
    )
    for (const [name, status] of asked) {
      const count = counts.get(name) ?? 0
      if (status === 201 && count !== 1)
        t.fail(`${name} was acknowledged and is there ${count} times`)
      if (status !== 201 && count > 1)
        t.fail(`${name}, answered with ${status}, is there ${count} times`)
    }
    const statuses = [...Map.groupBy(asked.values(), (status) => status)]
    t.comment(statuses.map(([status, all]) => `${status}: ${all.length}`).join(', '))
    t.strictSame(fleet.surprises(), [], 'no process ended')
  }
)

/** From much shorter to much longer than a lease. */
const LONGEST_ABSENCE_MS = 4_000

testOnDatabases(
  'a replica that is cut off directly after a commit starts nothing that is not its own any more',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const random = seededRandom(t)
    const sink = await createSink(t)
    answerSoon(sink, random)
    const databaseUrl = await createDatabaseUrl(t, kind)
    // The first can always be asked.
    const fleet = await startFleet(t, { databaseUrl, replicas: 1 })
    const proxies = await Promise.all(
      ['second', 'third'].map(() => createTcpProxy(t, kind, databaseUrl))
    )
    for (const { url } of proxies) await fleet.start(url)
    const storm = await startStorm({ fleet, sink, random, jobs: 60 })
    for (const proxy of proxies) {
      const chooses = () => (storm.blows() && random.integer(1, ONE_OF) === 1 ? 'after' : null)
      proxy.loseCommits(chooses, () => {
        void proxy.behave('refuse')
        const back = (): void => void proxy.behave('forward')
        setTimeout(back, random.integer(0, LONGEST_ABSENCE_MS))
      })
    }
    const { faults } = await storm.settle()
    const absences = proxies.reduce((sum, proxy) => sum + proxy.lost(), 0)
    t.strictSame(faults, [], `${absences} absences, ${sink.requests.length} requests`)
    t.ok(absences > 0)
    t.strictSame(fleet.surprises(), [], 'no process ended')
  }
)
