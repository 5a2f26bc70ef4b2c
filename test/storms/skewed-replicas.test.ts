import { t as file, test } from 'tap'
import { noFaketime, skewedBy } from '../helpers/faketime.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl, DATABASE_NAMES, skipReasons } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(300_000)

const SKEWED = /^The clock of this machine is/

for (const kind of ['postgres', 'mysql'] as const) {
  test(
    `${DATABASE_NAMES[kind]}: replicas whose clocks are seconds and minutes apart share the work as one`,
    { skip: skipReasons[kind] || noFaketime },
    async (t) => {
      const random = seededRandom(t)
      const databaseUrl = await createDatabaseUrl(t, kind)
      const { fleet, sink, startStorm } = await createStormGround(t, { databaseUrl, replicas: 1 })
      const ahead = await fleet.start(databaseUrl, skewedBy(5_000))
      const behind = await fleet.start(databaseUrl, skewedBy(-300_000))
      const storm = await startStorm(random, { jobs: 60 })
      t.match(await ahead.request('GET /readyz'), { status: 200 })
      t.match(await behind.request('GET /readyz'), { status: 503, body: { faults: [SKEWED] } })
      const { faults, runs } = await storm.settle()
      t.strictSame(faults, [], `${sink.requests.length} requests`)
      for (const service of [ahead, behind]) {
        t.ok(
          service.lines.some((line) => SKEWED.test(String(line['msg']))),
          'it says so'
        )
      }
      const shares = [...Map.groupBy(runs, (run) => run.replica).values()]
      t.ok(shares.length > 1, `shares of ${shares.map((share) => share.length).join(', ')}`)
    }
  )
}
