import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandoms } from '../helpers/seed.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(600_000)

testOnDatabases(
  'a replica killed every two seconds loses nothing and doubles nothing',
  DATABASE_KINDS,
  async (t, kind) => {
    const { fleet, sink, startStorm } = await createStormGround(t, {
      databaseUrl: await createDatabaseUrl(t, kind),
      replicas: 3
    })
    for (const random of seededRandoms(t)) {
      const storm = await startStorm(random, { jobs: 200 })
      let kills = 0
      while (storm.blows()) {
        await fleet.end(random.pick(fleet.live), 'SIGKILL')
        kills++
        await delay(1_000)
        await fleet.start()
        await delay(random.integer(500, 1_000))
      }
      const { faults } = await storm.settle()
      t.strictSame(faults, [], `${kills} kills, ${sink.requests.length} requests`)
      t.ok(kills > 0)
    }
    t.strictSame(fleet.surprises(), [], 'no other process ended')
  }
)
