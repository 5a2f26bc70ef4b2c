import type { ServerResponse } from 'node:http'
import { sql } from 'kysely'
import { t as file } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { openDatabase } from '../../src/store/open.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandom } from '../helpers/seed.ts'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import type { ServiceAnswer } from '../helpers/service.ts'
import { createStormGround } from '../helpers/storm.ts'
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
    const storm = await startStorm(random, { jobs: 60, replaces: false })
    await until('both to work', async () => storm.blows() && sink.requests.length > 60)
    const [near = cutOff] = fleet.live
    // Answered only once the hole is open, so that no result of these runs gets through.
    const held = new Map<number, ServerResponse>()
    sink.respondWith((response, { headers }) => {
      held.set(Number(headers['carillon-run-id']), response)
    })
    const { id } = await until('a run that will be cut off', async () => {
      const { body } = await near.request('GET /runs?state=running&limit=1000')
      const runs = body as Run[]
      return runs.find((run) => held.has(run.id) && fleet.replicaOf(run) === cutOff)
    })
    await proxy.behave('hang')
    sink.respondWith({ body: 'ok' })
    for (const response of held.values()) response.end('ok')
    await until('it to say so', async () => {
      const { status, body } = await cutOff.request('GET /readyz')
      return status === 503 && /does not answer/.test(JSON.stringify(body))
    })
    // A write that nobody answers ends, too, and says that it may be sent again.
    const write = await cutOff.request('POST /jobs', { name: 'no answer', schedule: '@yearly' })
    t.match(write, { status: 503, body: { code: 'store_unavailable' } })
    const takenOver = async (): Promise<boolean> => {
      const { body } = await near.request(`GET /runs/${id}`)
      return (body as Run).attempts.some(({ outcome }) => outcome === 'crashed')
    }
    // By the round that looks for ended leases, or at last by the check of the invariants.
    await until('the run to be taken over', takenOver, PATIENCE_MS)
    await until(
      'the other one to work on',
      async () => (await near.request('GET /readyz')).status === 200
    )
    t.equal((await cutOff.request('GET /livez')).status, 200)
    // What was sent meanwhile is not answered later either: only new connections are.
    proxy.abandon()
    await proxy.behave('forward')
    let answer: ServiceAnswer | null = null
    const isReady = async (): Promise<boolean> => {
      answer = await cutOff.request('GET /readyz')
      return answer.status === 200
    }
    await until('it to be ready again', isReady, PATIENCE_MS).catch((error: unknown) => {
      t.comment(JSON.stringify(answer))
      throw error
    })
    const { faults } = await storm.settle({ isExcused: () => true })
    t.strictSame(faults, [], `${sink.requests.length} requests`)
    t.strictSame(fleet.surprises(), [])
  }
)

testOnDatabases(
  'a transaction in which the database falls silent ends with the answer that it waits for in vain',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const proxy = await createTcpProxy(t, kind, await createDatabaseUrl(t, kind))
    const db = await openDatabase(proxy.url)
    t.teardown(() => db.close())
    const silent = db.query.transaction().execute(async (query) => {
      await sql`select 1`.execute(query)
      await proxy.behave('hang')
      await sql`select 2`.execute(query)
    })
    // To roll it back would be one more wait, or one without an end.
    await t.rejects(silent, { code: 'store_unavailable' })
    proxy.abandon()
    await proxy.behave('forward')
    await sql`select 3`.execute(db.query)
  }
)
