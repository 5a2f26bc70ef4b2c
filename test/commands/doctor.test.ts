import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type AddressInfo, type Server } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import { sql } from 'kysely'
import { test as plainTest, type Test } from 'tap'
import type { Check, Finding, FindingState, Machine, Parts } from '../../commands/doctor/check.ts'
import { checks } from '../../commands/doctor/checks.ts'
import { examine } from '../../commands/doctor/examine.ts'
import { gather } from '../../commands/doctor/gather.ts'
import { openStorage } from '../../commands/doctor/storage.ts'
import { thisMachine } from '../../commands/doctor/this-machine.ts'
import { parseConfig, type Options } from '../../src/config.ts'
import { systemClock } from '../../src/engine/clock.ts'
import { createEventHub } from '../../src/engine/events.ts'
import { createKeyOperations } from '../../src/operations/keys/key-operations.ts'
import type { Database } from '../../src/store/db.ts'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { saveSetting } from '../../src/store/settings.ts'
import { version } from '../../src/version.ts'
import { runCommand } from '../helpers/command.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { migrations } from '../helpers/migrations.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { kindOf, test, testOnServers } from '../helpers/on-every-database.ts'
import { freePort } from '../helpers/processes.ts'
import { addJob, addReplica, addRuns, newRun } from '../helpers/rows.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'
import { administer, createDatabaseUrl, type DatabaseKind } from '../helpers/server-databases.ts'
import { createFolder, startService, type ServiceOptions } from '../helpers/service.ts'
import { createTcpProxy } from '../helpers/tcp-proxy.ts'

const KEY = 'k'.repeat(40)
const FINE: Finding = { state: 'ok', detail: '' }

interface Situation {
  database?: Database
  config?: Partial<Options>
  machine?: Partial<Machine>
}

function partsOf({ database, config = {}, machine = {} }: Situation): Parts {
  return {
    machine: { ...thisMachine, ...machine },
    config: parseConfig(config),
    configFinding: FINE,
    storage: { database: database ?? null, age: 'current', finding: FINE }
  }
}

/** What one check finds, by its name. */
async function find(name: string, parts: Parts): Promise<Finding> {
  const check = checks.find((one) => one.name === name)
  if (check === undefined) throw new Error(`There is no check ${name}.`)
  const [found] = await examine([check], parts)
  if (found === undefined) throw new Error('Nothing was found.')
  return found
}

/** What `carillon doctor` finds in a process of its own, by the names of the checks. */
async function examineBy(t: Test, options: ServiceOptions) {
  const exit = await runCommand(t, { ...options, flags: ['doctor', ...(options.flags ?? [])] })
  const list: (Finding & { name: string })[] = JSON.parse(exit.stdout)
  const found = Object.fromEntries(list.map(({ name, ...finding }) => [name, finding]))
  return { ...exit, found, states: [...new Set(list.map(({ state }) => state))].toSorted() }
}

async function createMigrated(t: Test, kind: DatabaseKind): Promise<string> {
  const url = await createDatabaseUrl(t, kind)
  const database = await openDatabase(url)
  await migrate(database, migrations)
  await database.close()
  return url
}

test('where all is well nothing fails, and nothing is changed', async (t) => {
  const url = await createMigrated(t, kindOf(t))
  const folder = kindOf(t) === 'sqlite' ? path.dirname(url.slice('sqlite:'.length)) : null
  const before = folder === null ? [] : await readdir(folder)
  const { code, stderr, found, states } = await examineBy(t, { env: { DATABASE_URL: url } })
  t.match({ code, stderr }, { code: 0, stderr: '' }, JSON.stringify(found))
  t.strictSame(states, ['ok', 'skipped'] satisfies FindingState[])
  t.match(
    found['database']?.detail,
    /(?:SQLite|PostgreSQL|MariaDB) \d+\..* answers in \d+\.\d ms\.$/
  )
  t.match(found['migrations'], { state: 'ok', detail: 'The schema is up to date.' })
  if (folder !== null) t.strictSame(await readdir(folder), before)
})

test('a database without tables is no fault, and is left without', async (t) => {
  const url = await createDatabaseUrl(t, kindOf(t))
  const { code, found } = await examineBy(t, { env: { DATABASE_URL: url } })
  const none =
    kindOf(t) === 'sqlite' ? 'There is no database yet.' : 'The database has no tables yet.'
  t.match({ code, found }, { code: 0, found: { leases: { state: 'skipped', detail: none } } })
  if (kindOf(t) === 'sqlite') {
    const file = url.slice('sqlite:'.length)
    t.match(found['database'], { state: 'ok', detail: `${file} will be created` })
    t.strictSame(await readdir(path.dirname(file)), [])
    return
  }
  t.match(found['migrations'], { state: 'ok', detail: /no tables yet/ })
  const database = await openDatabase(url)
  t.strictSame(await database.query.introspection.getTables(), [])
  await database.close()
})

test('a schema that is not of this version is told', async (t) => {
  const url = await createMigrated(t, kindOf(t))
  const change = async (statement: ReturnType<typeof sql>) => {
    const database = await openDatabase(url)
    await statement.execute(database.query)
    await database.close()
  }
  const look = () => examineBy(t, { env: { DATABASE_URL: url } })
  await change(sql`insert into carillon_migrations (name, timestamp) values ('9999_x', 'x')`)
  t.match(await look(), { code: 0, found: { migrations: { state: 'warning', detail: /newer/ } } })
  await change(sql`delete from carillon_migrations where name >= '0005'`)
  const { code, found } = await look()
  t.equal(code, 0)
  t.match(found['migrations'], { state: 'warning', detail: /"carillon migrate" does it now/ })
  for (const name of ['leases', 'due jobs', 'targets']) {
    t.match(found[name], { state: 'skipped', detail: /^Migrations are left/ }, name)
  }
})

/** Replicas of these tests were seen alive long ago. */
const longAgo = { machine: { clock: createManualClock(1_000_000) } }
const LATER = 100 * 365 * 86_400_000

async function setExpiry(db: Database, id: number, at: number): Promise<void> {
  await db.query
    .updateTable('carillon_replicas')
    .set({ expires_at: at })
    .where('id', '=', id)
    .execute()
}

test('runs in the hands of a dead replica are told, and fail when nobody takes them back', async (t) => {
  const database = await createTestDatabase(t)
  const parts = partsOf({ database, ...longAgo })
  t.match(await find('leases', parts), { state: 'ok', detail: /^No replica runs; no run/ })
  const dead = await addReplica(database, 'silent:1')
  const job = await addJob(database)
  await addRuns(database, [newRun(job, { state: 'running' })], dead)
  t.match(await find('leases', parts), {
    state: 'warning',
    detail: /^silent:1 is gone since \d+ s, but holds 1 run\. Start the service/
  })
  const living = await addReplica(database)
  await setExpiry(database, living, LATER)
  t.match(await find('leases', parts), { state: 'failed', detail: /look for errors in its log/ })
  const now = database.dialect.isShared ? Date.now() : 1_000_000
  await setExpiry(database, dead, now - 2_000)
  t.match(await find('leases', parts), { state: 'warning', detail: /being taken back\.$/ })
  await setExpiry(database, dead, LATER)
  t.match(await find('leases', parts), { state: 'ok', detail: /^2 replicas run; no run/ })
})

test('a job that is overdue while a replica lives is told', async (t) => {
  const database = await createTestDatabase(t)
  const parts = partsOf({ database, ...longAgo })
  const job = await addJob(database)
  t.match(await find('due jobs', parts), { state: 'skipped', detail: /^No replica runs/ })
  await setExpiry(database, await addReplica(database), LATER)
  t.match(await find('due jobs', parts), { state: 'warning', detail: /^A job is due since / })
  await database.query
    .updateTable('carillon_jobs')
    .set({ next_run_at: LATER })
    .where('id', '=', job)
    .execute()
  t.match(await find('due jobs', parts), { state: 'ok' })
})

test('targets that have no address, or may not be called, are told', async (t) => {
  const database = await createTestDatabase(t)
  const call = (url: string) => addJob(database, { target: { type: 'http', url } })
  const local = partsOf({ database })
  t.match(await find('targets', local), { state: 'ok', detail: /^No enabled job/ })
  await call('http://localhost:9/a')
  await call('http://localhost:9/b')
  await call('http://[::1]:9/')
  t.match(await find('targets', local), { state: 'ok', detail: /^2 hosts of jobs can be found/ })
  const reachable = partsOf({ database, config: { host: '0.0.0.0', apiKey: KEY } })
  t.match(await find('targets', reachable), {
    state: 'warning',
    detail: /localhost \((?:127\.0\.0\.1|::1)\) is this machine itself; .*CARILLON_TARGETS_ALLOW/
  })
  await call('http://nowhere.invalid/')
  await call('http://169.254.169.254/latest')
  const { state, detail } = await find('targets', local)
  t.equal(state, 'warning')
  t.match(detail, 'The target nowhere.invalid has no address; check the URL.')
  t.match(detail, '169.254.169.254 is a link-local or metadata address')
  for (const host of ['a', 'b', 'c', 'd', 'e']) await call(`http://${host}.invalid/`)
  t.match((await find('targets', local)).detail, /And 2 more like these\.$/)
})

test('time zones that are not those of the last start are told', async (t) => {
  const database = await createTestDatabase(t)
  t.match(await find('time zones', partsOf({ database })), { state: 'ok' })
  await saveSetting(database, 'zone_data', '1999a')
  t.match(await find('time zones', partsOf({ database })), {
    state: 'warning',
    detail: /but 1999a where the service started last/
  })
  const versions = { node: '24.0.0', tz: '2026a' }
  t.match(await find('time zones', partsOf({ machine: { versions } })), { state: 'failed' })
})

testOnServers(
  'a clock that is off is told, and fails where a service would not be ready',
  async (t) => {
    const database = await createTestDatabase(t)
    const at = (ms: number) =>
      find('clock', partsOf({ database, machine: { clock: createManualClock(Date.now() + ms) } }))
    t.match(await at(0), { state: 'ok' })
    t.match(await at(7_000), { state: 'warning', detail: /is 7 s ahead of .* Correct it/ })
    t.match(await at(-40_000), { state: 'failed', detail: /is 40 s behind/ })
  }
)

testOnServers(
  'a server that is away, or does not answer, is told without its password',
  async (t, kind) => {
    const url = new URL(await createDatabaseUrl(t, kind))
    const proxy = await createTcpProxy(t, kind, url.href)
    await proxy.behave('hang')
    t.match(await openStorage(proxy.url, 50), {
      database: null,
      finding: { state: 'failed', detail: 'The database gives no answer within 0.05 s.' }
    })
    const closed = new URL(url)
    closed.port = String(await freePort())
    closed.password = 's3cret-word'
    const { code, stdout, found } = await examineBy(t, { env: { DATABASE_URL: closed.href } })
    t.equal(code, 1)
    t.match(found['database'], { state: 'failed', detail: closed.port })
    t.match(found['clock'], { state: 'skipped', detail: 'The database cannot be opened.' })
    t.notMatch(stdout, 's3cret')
  }
)

testOnDatabases('what a server may lose is told', ['postgres'], async (t, kind) => {
  const url = await createMigrated(t, kind)
  const name = new URL(url).pathname.slice(1)
  await administer(kind, `alter database ${name} set synchronous_commit = off`)
  const { finding, database } = await openStorage(url, 5_000)
  await database?.close()
  t.match(finding, { state: 'warning', detail: /synchronous_commit is "off"/ })
})

interface Spoiled {
  what: string
  spoil(folder: string): Promise<unknown>
  detail: RegExp
}

const SPOILED: Spoiled[] = [
  {
    what: 'a folder in its place',
    spoil: (folder) => mkdir(path.join(folder, 'carillon.db')),
    detail: /carillon\.db is a folder; DATABASE_URL must name a file/
  },
  {
    what: 'no folder',
    spoil: (folder) => rm(folder, { recursive: true }),
    detail: /does not exist; create it/
  },
  {
    what: 'a file that was lost',
    spoil: (folder) => writeFile(path.join(folder, 'carillon.db-id'), 'created long ago'),
    detail: /is missing, but held a database/
  },
  {
    what: 'another file',
    spoil: (folder) => writeFile(path.join(folder, 'carillon.db'), 'x'.repeat(5_000)),
    detail: /is not a SQLite database/
  }
]

void plainTest('a file that cannot be used is told, and what rests on it is skipped', async (t) => {
  for (const { what, spoil, detail } of SPOILED) {
    const folder = path.join(await createFolder(t), 'data')
    await mkdir(folder)
    await spoil(folder)
    const env = { DATABASE_URL: `sqlite:${folder}/carillon.db` }
    const { code, found } = await examineBy(t, { env })
    t.equal(code, 1, what)
    t.match(found['database'], { state: 'failed', detail }, what)
    t.match(found['migrations'], { state: 'skipped', detail: 'The database cannot be opened.' })
    t.match(found['port'], { state: 'ok' }, what)
  }
})

/** Root may write everywhere, so the command runs as somebody else then: nobody, by custom. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined
const unreadable =
  NOBODY !== undefined &&
  spawnSync(process.execPath, ['-e', 'import(process.argv[1])', import.meta.resolve('kysely')], {
    uid: NOBODY,
    cwd: '/'
  }).status !== 0

void plainTest(
  'a folder that cannot be written to is told',
  { skip: unreadable && 'only root can read this folder' },
  async (t) => {
    const folder = await createFolder(t)
    await chmod(folder, 0o555)
    const as = NOBODY === undefined ? {} : { user: NOBODY }
    const { code, found } = await examineBy(t, { folder, ...as })
    t.equal(code, 1)
    t.match(found['database'], { state: 'failed', detail: `${folder} cannot be written to; check` })
  }
)

void plainTest('a configuration with which the service would not start is told', async (t) => {
  const open = await examineBy(t, { flags: ['--host', '0.0.0.0'] })
  t.equal(open.code, 1)
  t.match(open.found['api key'], {
    state: 'failed',
    detail: /no API key; make one with "carillon keys create"/
  })
  t.match(open.found['database'], { state: 'ok' })
  const unknown = await examineBy(t, { env: { CARILLON_LEAS: '1s' } })
  t.equal(unknown.code, 1)
  t.match(unknown.found['configuration'], {
    state: 'failed',
    detail: 'Did you mean "CARILLON_LEASE"?'
  })
  t.match(unknown.found['port'], { state: 'skipped', detail: 'The configuration cannot be read.' })
  const wrong = await runCommand(t, { flags: ['doctor', '--prot=80'] })
  t.match(wrong, { code: 2, stdout: '', stderr: /Did you mean "--port"\?/ })
})

test('a key in the database is enough where others reach the service', async (t) => {
  const database = await createTestDatabase(t)
  const config = { host: '0.0.0.0' }
  t.match(await find('api key', partsOf({ database, config })), { state: 'failed' })
  const keys = createKeyOperations({ db: database, clock: systemClock, events: createEventHub() })
  const { id } = await keys.create({ name: 'ops', scopes: ['admin'] })
  t.match(await find('api key', partsOf({ database, config })), { state: 'ok' })
  await keys.revoke(id)
  t.match(await find('api key', partsOf({ database, config })), { state: 'failed' })
  t.match(await find('api key', partsOf({ config: { ...config, apiKey: KEY } })), { state: 'ok' })
  t.match(await find('api key', partsOf({})), { state: 'ok' })
})

async function portOf(t: Test, server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return (server.address() as AddressInfo).port
}

void plainTest(
  'a port is free, a service of ours listens there, or something else does',
  async (t) => {
    const at = (port: number, more: Partial<Options> = {}) =>
      find('port', partsOf({ config: { port, ...more } }))
    t.match(await at(await freePort()), { state: 'ok', detail: /is free\.$/ })
    t.match(await at(0), { state: 'ok' })
    const silent = createServer((socket) => socket.end())
    t.match(await at(await portOf(t, silent)), {
      state: 'failed',
      detail:
        /^Another process listens on port \d+ of 127\.0\.0\.1; stop it, or choose another PORT\.$/
    })
    for (const apiKey of [undefined, KEY]) {
      const service = await startService(t, apiKey === undefined ? {} : { apiKey })
      const port = Number(new URL(service.url).port)
      t.match(await at(port), {
        state: 'ok',
        detail: `Carillon answers at ${service.url} already.`
      })
    }
    const older = createHttpServer((request, response) => {
      const answer = request.url === '/livez' ? { status: 'live' } : { info: { version: '0.0.1' } }
      response.end(JSON.stringify(answer))
    })
    t.match(await at(await portOf(t, older)), {
      state: 'warning',
      detail: new RegExp(
        `^Carillon 0\\.0\\.1 answers at .* but this is ${version.replaceAll('.', '\\.')}`
      )
    })
    t.match(await at(await freePort(), { host: '192.0.2.1', apiKey: KEY }), {
      state: 'failed',
      detail: /^HOST is "192\.0\.2\.1", which is no address of this machine/
    })
  }
)

void plainTest('beside a service that runs all is well, and it goes on', async (t) => {
  const folder = await createFolder(t)
  const service = await startService(t, { folder, apiKey: KEY })
  await service.createJob({ repeat_interval: '1h' })
  const flags = ['--port', new URL(service.url).port]
  const { code, stdout, found } = await examineBy(t, { folder, flags, apiKey: KEY })
  t.equal(code, 0, stdout)
  t.match(found['port'], { state: 'ok', detail: `Carillon answers at ${service.url} already.` })
  t.match(found['leases'], { state: 'ok', detail: /^1 replica runs/ })
  t.match(found['due jobs'], { state: 'ok' })
  t.notMatch(stdout, KEY)
  t.match(await service.createJob({ repeat_interval: '1h' }), { id: 2 })
})

void plainTest('a disk that is nearly full or far away is told', async (t) => {
  const folder = await createFolder(t)
  const on = (type: number, bytes: number) =>
    find(
      'disk',
      partsOf({
        config: { database: `sqlite:${folder}/a.db` },
        machine: { findSpace: async () => ({ type, bytes }) }
      })
    )
  t.match(await on(0xef53, 1e9), { state: 'ok', detail: `953 MiB are left in ${folder}.` })
  t.match(await on(0xef53, 1e8), { state: 'warning', detail: /^95 MiB .* make room\.$/ })
  t.match(await on(0x6969, 1e9), { state: 'warning', detail: /on a network \(NFS\)/ })
  t.match(await on(0xff534d42, 1e9), { state: 'warning', detail: /CIFS/ })
  t.match(await find('disk', partsOf({ config: { database: `sqlite:${folder}/a.db` } })), {
    state: /ok|warning/,
    detail: /^\d+ MiB are left/
  })
})

void plainTest('on a Node that is too old, the database is not even opened', async (t) => {
  const versions = { node: '20.19.0', tz: '2026a', icu: '76' }
  const parts = await gather(() => ({ database: 'sqlite:/nowhere/a.db' }), {
    ...thisMachine,
    versions
  })
  const detail = /^Node is 20\.19\.0, but must be 22\.19 or newer/
  t.match(await find('node', parts), { state: 'failed', detail })
  t.match(await find('database', parts), { state: 'skipped', detail })
  t.match(await find('leases', parts), { state: 'skipped' })
})

void plainTest('a check that fails or never ends holds up no other', async (t) => {
  const never: Check = { name: 'never', run: () => new Promise(() => undefined) }
  const broken: Check = {
    name: 'broken',
    run: async () => {
      throw new Error('It broke.')
    }
  }
  const fine: Check = { name: 'fine', run: () => FINE }
  t.strictSame(await examine([never, broken, fine], partsOf({}), 10), [
    { name: 'never', state: 'failed', detail: 'This gave no answer within 0.01 s.' },
    { name: 'broken', state: 'failed', detail: 'It broke.' },
    { name: 'fine', ...FINE }
  ])
})
