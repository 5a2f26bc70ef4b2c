import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { copyFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import mysql from 'mysql2/promise'
import { Client } from 'pg'
import { t as file, test, type Test } from 'tap'
import type { Job } from '../src/domain/job.ts'
import { COPIED_TABLES } from '../src/store/copied-tables.ts'
import { countRows } from '../src/store/table-rows.ts'
import { migrate } from '../src/store/migrate.ts'
import { openDatabase } from '../src/store/open.ts'
import { runCommand, startCommand } from './helpers/command.ts'
import { fillDatabase, insertRuns, readEverything } from './helpers/filled-database.ts'
import { migrations } from './helpers/migrations.ts'
import {
  administer,
  createDatabaseUrl,
  DATABASE_NAMES,
  skipReasons,
  type DatabaseKind,
  type ServerKind
} from './helpers/server-databases.ts'
import { createFolder, isOver, startService, type Service } from './helpers/service.ts'
import { createSink, SILENCE } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

/** Many starts of a process, on a machine that may have other things to do. */
file.setTimeout(300_000)

const RUNS = 5_000

const withoutServers = skipReasons.postgres || skipReasons.mysql

/** Copies, with the URLs where no other user of the machine can read them. */
function copy(t: Test, from: string, to: string) {
  return runCommand(t, {
    flags: ['copy'],
    env: { FROM_DATABASE_URL: from, DATABASE_URL: to }
  })
}

/** A service that shows what is there and runs nothing. */
function startIdle(t: Test, url: string): Promise<Service> {
  return startService(t, { env: { DATABASE_URL: url, CARILLON_AUTO_START: 'false' } })
}

async function contentOf(t: Test, url: string): Promise<Record<string, unknown[]>> {
  const service = await startIdle(t, url)
  const content = await readEverything(service)
  service.kill('SIGTERM')
  await service.exited
  return content
}

let template: Promise<string> | undefined

async function createTemplate(): Promise<string> {
  const folder = await createFolder(file)
  await fillDatabase(file, folder)
  return path.join(folder, 'carillon.db')
}

/** The URL of a SQLite database with one of everything, and this many runs more. */
async function filledUrl(t: Test, runs: number): Promise<string> {
  template ??= createTemplate()
  const url = await createDatabaseUrl(t, 'sqlite')
  await copyFile(await template, fileOf(url))
  await insertRuns(url, runs)
  return url
}

function fileOf(url: string): string {
  return url.slice('sqlite:'.length)
}

/** What a database holds, table by table. */
async function countsOf(url: string): Promise<Record<string, number>> {
  const database = await openDatabase(url)
  const counts: Record<string, number> = {}
  for (const table of COPIED_TABLES) counts[table.name] = await countRows(database, table)
  await database.close()
  return counts
}

test(
  'SQLite to PostgreSQL to MySQL to SQLite: everything is there as it was, and ids go on',
  { skip: withoutServers },
  async (t) => {
    const first = await filledUrl(t, RUNS)
    const before = await contentOf(t, first)
    t.ok((before['/runs']?.length ?? 0) > RUNS)
    const counts = await countsOf(first)
    const bytes = digestOf(fileOf(first))
    let from = first
    for (const kind of ['postgres', 'mysql', 'sqlite'] as const) {
      const to = await createDatabaseUrl(t, kind)
      const { code, stdout, stderr } = await copy(t, from, to)
      t.match({ code, stderr }, { code: 0, stderr: '' }, kind)
      for (const { name } of COPIED_TABLES) {
        const count = String(counts[name])
        t.match(stdout, new RegExp(`^${name} +${count} +${count}$`, 'm'), `${kind}: ${name}`)
      }
      t.strictSame(await contentOf(t, to), before, `${DATABASE_NAMES[kind]} shows the same`)
      from = to
    }
    t.equal(digestOf(fileOf(first)), bytes, 'the source is only read')

    const last = await startService(t, { env: { DATABASE_URL: from } })
    const jobs = before['/jobs'] as Job[]
    const highest = Math.max(...jobs.map(({ id }) => id))
    const created = await last.createJob({ name: 'next', schedule: '@yearly' })
    t.equal(created.id, highest + 2, 'higher than the one that was deleted')
    const { body } = await last.request(`POST /jobs/${created.id}/run`)
    const runIds = (before['/runs'] as { id: number }[]).map(({ id }) => id)
    t.ok((body as { id: number }).id > Math.max(...runIds))
  }
)

function digestOf(name: string): string {
  return createHash('sha256').update(readFileSync(name)).digest('hex')
}

for (const kind of ['postgres', 'mysql'] as const) {
  test(
    `${DATABASE_NAMES[kind]} gives no id twice after a copy, not of deleted jobs either`,
    { skip: skipReasons[kind] },
    async (t) => {
      const from = await filledUrl(t, 10)
      const to = await createDatabaseUrl(t, kind)
      t.match(await copy(t, from, to), { code: 0 })
      const old = await startIdle(t, from)
      const service = await startIdle(t, to)
      const wanted = await old.createJob({ name: 'next', schedule: '@yearly' })
      const created = await service.createJob({ name: 'next', schedule: '@yearly' })
      t.equal(created.id, wanted.id)
      const run = async (one: Service) => {
        const { body } = await one.request(`POST /jobs/${wanted.id}/run`)
        return (body as { id: number }).id
      }
      t.equal(await run(service), await run(old))
    }
  )
}

interface Refusal {
  what: string
  /** Makes what is to be copied as it should not be. */
  spoil?: (t: Test, url: string) => Promise<{ from?: string; to?: string; flags?: string[] } | void>
  code?: number
  says: RegExp
}

const REFUSALS: Refusal[] = [
  {
    what: 'a source that is missing',
    spoil: async (_t, url) => ({ from: `${url}x` }),
    says: /carillon\.dbx does not exist; name a file that is there in --from\./
  },
  {
    what: 'a source that is not ours',
    spoil: async (t) => {
      const name = path.join(await createFolder(t), 'empty.db')
      await writeFile(name, '')
      return { from: `sqlite:${name}` }
    },
    says: /empty\.db holds no tables of Carillon; check the name/
  },
  {
    what: 'a source of an older version',
    spoil: async (_t, url) => {
      const database = await openDatabase(url)
      await database.query
        .deleteFrom('carillon_migrations' as 'carillon_jobs')
        .where('name', 'like', '0003%')
        .execute()
      await database.close()
    },
    says: /was left by an older version; start this version of the service on it once, stop it/
  },
  {
    what: 'a source in use',
    spoil: async (t, url) => {
      await startService(t, { env: { DATABASE_URL: url } })
    },
    says: /carillon\.db is in use by \S+:\d+; stop the service first/
  },
  {
    what: 'the same database twice',
    spoil: async (_t, url) => {
      await symlink(fileOf(url), `${fileOf(url)}-link`)
      return { to: `${url}-link` }
    },
    says: /carillon\.db and .*carillon\.db-link are the same database/
  },
  {
    what: 'a destination in use',
    spoil: async (t) => {
      const to = await createDatabaseUrl(t, 'sqlite')
      await startService(t, { env: { DATABASE_URL: to } })
      return { to }
    },
    says: /is in use by \S+:\d+; stop the service first/
  },
  {
    what: 'a destination that holds something',
    spoil: async (t) => {
      const to = await createDatabaseUrl(t, 'sqlite')
      const service = await startIdle(t, to)
      await service.createJob({ name: 'mine', schedule: '@yearly', tags: ['x', 'y'] })
      service.kill('SIGTERM')
      await service.exited
      return { to }
    },
    says: /is not empty \(1 jobs, 2 job tags, 1 changes\); name an empty database/
  },
  {
    what: 'a destination of a newer version',
    spoil: async (t) => {
      const to = await emptyUrl(t, 'sqlite')
      const database = new Sqlite(fileOf(to))
      database.exec(
        `insert into carillon_migrations values ('9999_later', '2099-01-01T00:00:00.000Z')`
      )
      database.close()
      return { to }
    },
    says: /is of a newer version; copy with that version/
  },
  {
    what: 'a destination that ends with the process',
    spoil: async () => ({ to: 'sqlite::memory:' }),
    code: 2,
    says: /ends with this process/
  },
  {
    what: 'an unknown kind of database',
    spoil: async () => ({ from: 'mongodb://user:topsecret@host/db' }),
    code: 2,
    says: /--from must be such as .*"mongodb:" is not supported/
  },
  {
    what: 'a flag that there is not',
    spoil: async () => ({ flags: ['copy', '--form', 'x'] }),
    code: 2,
    says: /"--form" is not a known flag\. Did you mean "--from"\?/
  },
  {
    what: 'nothing to copy',
    spoil: async () => ({ from: '', flags: ['copy'] }),
    code: 2,
    says: /What is to be copied\?/
  }
]

for (const { what, spoil, code = 1, says } of REFUSALS) {
  test(`${what} is refused in one line, and nothing is touched`, async (t) => {
    const url = await filledUrl(t, 10)
    const spoiled = (await spoil?.(t, url)) ?? {}
    const from = spoiled.from ?? url
    const to = spoiled.to ?? (await createDatabaseUrl(t, 'sqlite'))
    const exit = await runCommand(t, {
      flags: spoiled.flags ?? ['copy', `--from=${from}`],
      env: { DATABASE_URL: to }
    })
    t.match(exit, { code, stdout: '' }, what)
    t.match(exit.stderr, /^carillon: [^\n]*[.?]\n$/, 'one line')
    t.match(exit.stderr, says)
    t.notMatch(exit.stderr, 'topsecret')
    if (spoiled.from !== undefined && spoiled.from.endsWith('dbx')) {
      t.notOk(existsSync(fileOf(spoiled.from)), 'a typo makes no file')
    }
    if (spoiled.to === undefined) t.notOk(existsSync(fileOf(to)), 'nor is there a destination')
  })
}

test('a wrong password is nowhere in what is printed', { skip: skipReasons.mysql }, async (t) => {
  const wrong = new URL(await createDatabaseUrl(t, 'mysql'))
  wrong.password = 'top/secret'
  const exit = await copy(t, wrong.href, await createDatabaseUrl(t, 'sqlite'))
  t.match(exit, { code: 1, stderr: /refuses the user; check user and password in --from\.\n$/ })
  const back = await copy(t, await filledUrl(t, 1), wrong.href)
  t.match(back, { code: 1, stderr: /check user and password in DATABASE_URL\.\n$/ })
  t.notMatch(exit.stdout + exit.stderr + back.stdout + back.stderr, /secret/)
})

test('a URL may be in a file', async (t) => {
  const from = await filledUrl(t, 1)
  const folder = await createFolder(t)
  await writeFile(path.join(folder, 'from'), `${from}\n`)
  const env = { FROM_DATABASE_URL_FILE: 'from', DATABASE_URL: 'sqlite:to.db' }
  t.match(await runCommand(t, { folder, flags: ['copy'], env }), { code: 0 })
  t.ok((await countsOf(`sqlite:${folder}/to.db`))['carillon_jobs'])
})

/** A new database with its schema. */
async function emptyUrl(t: Test, kind: DatabaseKind): Promise<string> {
  const url = await createDatabaseUrl(t, kind)
  const database = await openDatabase(url)
  await migrate(database, migrations)
  await database.close()
  return url
}

function isLocked(database: Sqlite.Database): boolean {
  try {
    database.exec('begin immediate; rollback')
    return false
  } catch {
    return true
  }
}

/** Inserts a setting that nobody sees yet: whoever inserts the same, after all runs, has to wait. */
async function holdSetting(url: string): Promise<() => Promise<void>> {
  const statement = `insert into carillon_settings (name, value) values ('zone_data', '')`
  if (url.startsWith('postgres')) {
    const client = new Client({ connectionString: url })
    await client.connect()
    await client.query('begin')
    await client.query(statement)
    return () => client.end()
  }
  const connection = await mysql.createConnection(url)
  await connection.query('begin')
  await connection.query(statement)
  return () => connection.end()
}

const WAITING: Readonly<Record<ServerKind, (name: string) => string>> = {
  postgres: (name) =>
    `select 1 from pg_stat_activity where datname = '${name}' and wait_event_type = 'Lock'`,
  // What InnoDB tells of its transactions stays old as long as it is asked again and again.
  mysql: (name) =>
    `select 1 from information_schema.processlist
      where db = '${name}' and time >= 1 and info like '%carillon_settings%'`
}

for (const kind of ['postgres', 'mysql'] as const) {
  test(
    `kill -9 in the middle leaves nothing in ${DATABASE_NAMES[kind]}, and it can be copied again`,
    { skip: skipReasons[kind] },
    async (t) => {
      const from = await filledUrl(t, 2_000)
      const to = await emptyUrl(t, kind)
      const letGo = await holdSetting(to)
      const started = await startCommand(t, {
        flags: ['copy', '--from', from],
        env: { DATABASE_URL: to }
      })
      const waiting = WAITING[kind](new URL(to).pathname.slice(1))
      await until(
        'the copy in the middle',
        async () => (await administer(kind, waiting)).length > 0
      )
      started.kill('SIGKILL')
      t.match(await started.exited, { signal: 'SIGKILL', stdout: '' })
      await letGo()
      const held = await until('the end of its transaction', async () => {
        const counts = await countsOf(to)
        return Object.values(counts).every((count) => count === 0) && counts
      })
      t.equal(held['carillon_jobs'], 0)
      t.match(await copy(t, from, to), { code: 0 })
      t.strictSame(await countsOf(to), await countsOf(from))
    }
  )
}

test('kill -9 in the middle leaves nothing in a SQLite file, and it can be copied again', async (t) => {
  const from = await filledUrl(t, 20_000)
  const to = await emptyUrl(t, 'sqlite')
  const started = await startCommand(t, {
    flags: ['copy', '--from', from],
    env: { DATABASE_URL: to }
  })
  const other = new Sqlite(fileOf(to), { timeout: 0 })
  t.teardown(() => other.close())
  let locked = 0
  await until('the copy in the middle', async () => {
    locked = isLocked(other) ? locked + 1 : 0
    return locked === 5
  })
  started.kill('SIGKILL')
  t.match(await started.exited, { signal: 'SIGKILL', stdout: '' })
  const counts = await countsOf(to)
  t.ok(Object.values(counts).every((count) => count === 0))
  t.match(await copy(t, from, to), { code: 0 })
  t.strictSame(await countsOf(to), await countsOf(from))
})

for (const kind of ['postgres', 'mysql', 'sqlite'] as const satisfies DatabaseKind[]) {
  test(
    `what ran when the old service crashed is rescued by the first one on ${DATABASE_NAMES[kind]}`,
    { skip: skipReasons[kind] },
    async (t) => {
      const sink = await createSink(t)
      sink.respondWith(SILENCE, { body: 'ok' })
      const from = await createDatabaseUrl(t, 'sqlite')
      const old = await startService(t, { env: { DATABASE_URL: from } })
      const target = { type: 'http', url: sink.url }
      const job = await old.createJob({ schedule: '@yearly', target })
      const every = await old.createJob({ repeat_interval: '1s', misfire: 'all' })
      await old.request(`POST /jobs/${job.id}/run`)
      await sink.next()
      old.kill('SIGKILL')
      await old.exited
      const to = await createDatabaseUrl(t, kind)
      t.match(await copy(t, from, to), { code: 0 })
      const service = await startService(t, { env: { DATABASE_URL: to } })
      const started = Date.now()
      const [run] = await until('the end of the run', async () => {
        const runs = await service.listRuns(job.id)
        return runs.every(isOver) ? runs : null
      })
      t.match(run, { state: 'succeeded', attempt: 2, fencing_token: 2 })
      t.match(run?.attempts, [{ outcome: 'crashed' }, { outcome: 'succeeded' }])
      const runs = await until('runs of after the move', async () => {
        const list = await service.listRuns(every.id)
        return list.some((one) => Date.parse(one.scheduled_for) > started && isOver(one)) && list
      })
      const seconds = runs
        .flatMap(({ from: first, scheduled_for: at, count }) =>
          Array.from({ length: count }, (_, index) => Date.parse(first ?? at) / 1_000 + index)
        )
        .toSorted((a, b) => a - b)
      const [begin = 0] = seconds
      t.strictSame(
        seconds,
        Array.from({ length: seconds.length }, (_, index) => begin + index),
        'each second of the move has its one record'
      )
    }
  )
}
