import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Fleet } from '../helpers/fleet.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import type { Random } from '../helpers/random.ts'
import { readAll } from '../helpers/read-ledger.ts'
import { seededRandoms } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'
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
    const name = `mark ${randomUUID()}`
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
    const proxy = await createTcpProxy(t, kind, await createDatabaseUrl(t, kind))
    const { fleet, startStorm } = await createStormGround(t, {
      databaseUrl: proxy.url,
      replicas: 3
    })
    for (const random of seededRandoms(t)) {
      const storm = await startStorm(random, { jobs: 60 })
      proxy.loseCommits(() => (random.integer(1, ONE_OF) === 1 ? 'after' : null))
      const asked = await keepCreating(fleet, random, storm.blows)
      proxy.loseCommits(null)
      const { faults } = await storm.settle()
      t.strictSame(faults, [], `${proxy.lost()} commits unanswered of ${asked.size} writes`)
      t.strictSame(await doubled(fleet, asked), [])
    }
    t.ok(proxy.lost() > 0)
    t.strictSame(fleet.surprises(), [], 'no process ended')
  }
)

/** Which writes are there twice, or not at all although they were acknowledged. */
async function doubled(fleet: Fleet, asked: Asked): Promise<string[]> {
  const jobs = await readAll<Job>(fleet.read, '/jobs?q=mark&limit=1000')
  const byName = Map.groupBy(jobs, (job) => job.name)
  return [...asked].flatMap(([name, status]) => {
    const count = byName.get(name)?.length ?? 0
    const isRight = status === 201 ? count === 1 : count <= 1
    return isRight ? [] : [`${name}, answered with ${status}, is there ${count} times`]
  })
}

/** From much shorter to much longer than a lease. */
const LONGEST_ABSENCE_MS = 4_000

testOnDatabases(
  'a replica that is cut off directly after a commit starts nothing that is not its own any more',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const databaseUrl = await createDatabaseUrl(t, kind)
    // The first can always be asked.
    const { fleet, sink, startStorm } = await createStormGround(t, { databaseUrl, replicas: 1 })
    const proxies = await Promise.all(
      ['second', 'third'].map(() => createTcpProxy(t, kind, databaseUrl))
    )
    for (const { url } of proxies) await fleet.start(url)
    for (const random of seededRandoms(t)) {
      const storm = await startStorm(random, { jobs: 60 })
      for (const proxy of proxies) {
        const chooses = () => (storm.blows() && random.integer(1, ONE_OF) === 1 ? 'after' : null)
        proxy.loseCommits(chooses, () => {
          void proxy.behave('refuse')
          const back = (): void => void proxy.behave('forward')
          setTimeout(back, random.integer(0, LONGEST_ABSENCE_MS))
        })
      }
      const { faults } = await storm.settle()
      t.strictSame(faults, [], `${sink.requests.length} requests`)
    }
    t.ok(proxies.some((proxy) => proxy.lost() > 0))
    t.strictSame(fleet.surprises(), [], 'no process ended')
  }
)
