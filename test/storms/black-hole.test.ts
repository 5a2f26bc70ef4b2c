import type { ServerResponse } from 'node:http'
import { t as file } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'
import { isOver } from '../helpers/service.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(600_000)

/** MariaDB keeps the locks of a silent connection for a minute. */
const PATIENCE_MS = 150_000

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
    const [near = cutOff] = fleet.live
    // A run of its own that goes on when the hole opens, and ends when it closes.
    const held: ServerResponse[] = []
    sink.respondWith((response, { url }) => {
      if (url === '/own') held.push(response)
      else setTimeout(() => response.end('ok'), 100)
    })
    const target = { type: 'http', url: `${sink.url}/own` }
    const job = await cutOff.createJob({
      schedule: '@yearly',
      target,
      timeout: '10m',
      overlap: 'allow'
    })
    const own = await until('a run of its own', async () => {
      await cutOff.request(`POST /jobs/${job.id}/run`)
      const runs = await near.listRuns(job.id)
      return runs.find((run) => run.state === 'running' && fleet.replicaOf(run) === cutOff)
    })
    const find = async (): Promise<Run | undefined> =>
      (await near.listRuns(job.id)).find(({ id }) => id === own.id)
    await proxy.behave('hang')
    await until('it to say so', async () => {
      const { status, body } = await cutOff.request('GET /readyz')
      return status === 503 && /does not answer/.test(JSON.stringify(body))
    })
    // A write that nobody answers ends, too, and says that it may be sent again.
    const write = await cutOff.request('POST /jobs', { name: 'no answer', schedule: '@yearly' })
    t.match(write, { status: 503, body: { code: 'store_unavailable' } })
    await until('its run to be taken over', async () => (await find())?.attempt === 2, PATIENCE_MS)
    await until(
      'the other one to work on',
      async () => (await near.request('GET /readyz')).status === 200
    )
    t.equal((await cutOff.request('GET /livez')).status, 200)
    // What was sent meanwhile is not answered later either: only new connections are.
    proxy.abandon()
    await proxy.behave('forward')
    await until(
      'it to be ready again',
      async () => (await cutOff.request('GET /readyz')).status === 200,
      PATIENCE_MS
    )
    sink.respondWith({ body: 'ok' })
    for (const response of held) response.end('ok')
    const run = await until('the end of its run', async () => {
      const found = await find()
      return found !== undefined && isOver(found) && found
    })
    t.match(run.attempts, [{ outcome: 'crashed' }, { outcome: 'succeeded' }])
    const { faults } = await storm.settle({ isExcused: () => true })
    t.strictSame(faults, [], `${sink.requests.length} requests`)
    t.strictSame(fleet.surprises(), [])
  }
)
