import { createConnection } from 'mysql2/promise'
import { Client } from 'pg'
import { test, type Test } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { reasonForNoServer, startPrivateServer } from '../helpers/private-server.ts'
import { createDatabaseUrl, type ServerKind } from '../helpers/server-databases.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'

const SERVERS = ['postgres', 'mysql'] as const

/** What both drivers can do. */
interface Session {
  query(statement: string): Promise<unknown[]>
  end(): Promise<void>
}

async function connectTo(t: Test, kind: ServerKind, url: string): Promise<Session> {
  const client = await (kind === 'postgres' ? connectPostgres(url) : connectMysql(url))
  t.teardown(() => client.end().catch(() => undefined))
  return client
}

async function connectPostgres(url: string): Promise<Session> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 500 })
  client.on('error', () => undefined)
  await client.connect()
  return {
    query: async (statement) => (await client.query(statement)).rows as unknown[],
    end: () => client.end()
  }
}

async function connectMysql(url: string): Promise<Session> {
  const connection = await createConnection({ uri: url, connectTimeout: 500 })
  connection.on('error', () => undefined)
  return {
    query: async (statement) => {
      const [rows] = await connection.query(statement)
      return Array.isArray(rows) ? rows : []
    },
    end: () => connection.end()
  }
}

testOnDatabases(
  'a swallowed COMMIT was carried out, and the client cannot know',
  SERVERS,
  async (t, kind) => {
    const url = await createDatabaseUrl(t, kind)
    const proxy = await createTcpProxy(t, kind, url)
    const direct = await connectTo(t, kind, url)
    await direct.query('create table marks (name varchar(20))')
    const client = await connectTo(t, kind, proxy.url)
    let commits = 0
    proxy.loseCommits(() => (++commits === 2 ? 'after' : null))
    for (const statement of ['begin', "insert into marks values ('first')", 'COMMIT', 'begin']) {
      await client.query(statement)
    }
    await client.query("insert into marks values ('commit')")
    await t.rejects(client.query('commit'))
    t.equal(proxy.lost(), 1)
    t.equal(proxy.openConnections(), 0)
    const rows = await direct.query('select name from marks order by name desc')
    t.strictSame(
      rows.map((row) => ({ ...(row as object) })),
      [{ name: 'first' }, { name: 'commit' }]
    )
  }
)

testOnDatabases(
  'connections can be cut, refused, left hanging and held back',
  SERVERS,
  async (t, kind) => {
    const proxy = await createTcpProxy(t, kind, await createDatabaseUrl(t, kind))
    const client = await connectTo(t, kind, proxy.url)
    proxy.delay(20)
    t.equal((await client.query('select 1')).length, 1)
    proxy.delay(0)
    proxy.cut()
    await t.rejects(client.query('select 1'), 'it was cut')

    await proxy.behave('refuse')
    await t.rejects(connectTo(t, kind, proxy.url), { code: 'ECONNREFUSED' })
    await proxy.behave('hang')
    await t.rejects(connectTo(t, kind, proxy.url), /time/i)
    await proxy.behave('forward')

    const another = await connectTo(t, kind, proxy.url)
    await proxy.behave('hang')
    let answered = false
    const answer = another.query('select 1').then((rows) => {
      answered = true
      return rows
    })
    await t.rejects(connectTo(t, kind, proxy.url), /time/i)
    t.notOk(answered, 'longer than a connection takes')
    await proxy.behave('forward')
    t.equal((await answer).length, 1)
  }
)

for (const kind of SERVERS) {
  const skip = await reasonForNoServer(kind)
  test(`a ${kind} server of its own keeps over a crash what was committed`, { skip }, async (t) => {
    const server = await startPrivateServer(t, kind)
    const before = await connectTo(t, kind, server.url)
    await before.query('create table marks (name varchar(20))')
    await before.query("insert into marks values ('kept')")
    await server.crash()
    await t.rejects(before.query('select 1'))
    await server.start()
    const after = await connectTo(t, kind, server.url)
    t.equal((await after.query('select name from marks')).length, 1)
  })
}
