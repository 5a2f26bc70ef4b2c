import { setTimeout as delay } from 'node:timers/promises'
import { t as file, test } from 'tap'
import { reasonForNoServer, startPrivateServer } from '../helpers/private-server.ts'
import { seededRandoms } from '../helpers/seed.ts'
import { DATABASE_NAMES } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(600_000)

/** Longer than a lease: nobody can renew one meanwhile. */
const DOWN_MS = 3_000
const UP_MS = 4_000

for (const kind of ['postgres', 'mysql'] as const) {
  const name = DATABASE_NAMES[kind]
  const skip = await reasonForNoServer(kind)
  test(
    `${name}: a server that crashes under load and comes back costs nothing`,
    { skip },
    async (t) => {
      const server = await startPrivateServer(t, kind)
      const { fleet, sink, startStorm } = await createStormGround(t, {
        databaseUrl: server.url,
        replicas: 3
      })
      for (const random of seededRandoms(t)) {
        const storm = await startStorm(random, { jobs: 60 })
        let crashes = 0
        while (storm.blows()) {
          await delay(random.integer(UP_MS - 1_000, UP_MS))
          await server.crash()
          crashes++
          await delay(DOWN_MS)
          await server.start()
        }
        const { faults, runs } = await storm.settle()
        t.strictSame(faults, [], `${crashes} crashes, ${sink.requests.length} requests`)
        t.ok(
          runs.some((run) => run.state === 'succeeded'),
          'work was done'
        )
      }
      t.strictSame(fleet.surprises(), [], 'no process ended')
    }
  )
}
