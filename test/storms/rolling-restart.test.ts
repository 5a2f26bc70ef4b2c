import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandoms } from '../helpers/seed.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(600_000)

testOnDatabases(
  'a rolling restart under a hundred starts a second loses, doubles and kills no run',
  DATABASE_KINDS,
  async (t, kind) => {
    const { fleet, sink, startStorm } = await createStormGround(t, {
      databaseUrl: await createDatabaseUrl(t, kind),
      replicas: 3
    })
    for (const random of seededRandoms(t)) {
      const storm = await startStorm(random, { jobs: 100, replaces: false })
      const exits: (number | null)[] = []
      while (storm.blows()) {
        const [oldest] = fleet.live
        if (oldest === undefined) break
        const { code } = await fleet.end(oldest, 'SIGTERM')
        exits.push(code)
        await fleet.start()
        await delay(random.integer(0, 500))
      }
      const { faults, runs } = await storm.settle({ isExcused: () => false })
      t.strictSame(faults, [], `${exits.length} restarts, ${sink.requests.length} requests`)
      t.ok(exits.length > 0)
      t.ok(
        exits.every((code) => code === 0),
        'each ended in order'
      )
      const again = runs.filter((run) => run.attempt > 1)
      t.strictSame(again, [], 'each run ended where it had started')
    }
    t.strictSame(fleet.surprises(), [])
  }
)
