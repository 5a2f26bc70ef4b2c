import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

/** Longer than every deadline of a call. */
const HOLE_MS = 20_000

testOnDatabases(
  'a database that takes connections and never answers: calls end, others take over, and all goes on after',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const random = seededRandom(t)
    const databaseUrl = await createDatabaseUrl(t, kind)
    const { fleet, sink, startStorm } = await createStormGround(t, { databaseUrl, replicas: 1 })
    const proxy = await createTcpProxy(t, kind, databaseUrl)
    const cutOff = await fleet.start(proxy.url)
    const storm = await startStorm(random, { jobs: 60 })
    await until('both to work', async () => storm.blows() && sink.requests.length > 60)
    const [near] = fleet.live
    await proxy.behave('hang')
    const heldUntil = Date.now() + HOLE_MS
    await until('it to say so', async () => {
      const { status, body } = await cutOff.request('GET /readyz')
      return status === 503 && /does not answer/.test(JSON.stringify(body))
    })
    // A write that nobody answers ends, too, and says that it may be sent again.
    const write = await cutOff.request('POST /jobs', { name: 'no answer', schedule: '@yearly' })
    t.match(write, { status: 503, body: { code: 'store_unavailable' } })
    t.equal((await near?.request('GET /readyz'))?.status, 200, 'the other one works on')
    t.equal((await cutOff.request('GET /livez')).status, 200)
    await delay(Math.max(0, heldUntil - Date.now()))
    await proxy.behave('forward')
    await until('it to be ready again', async () => {
      return (await cutOff.request('GET /readyz')).status === 200
    })
    const { faults } = await storm.settle({ isExcused: () => true })
    t.strictSame(faults, [], `${sink.requests.length} requests`)
    t.strictSame(fleet.surprises(), [])
  }
)
