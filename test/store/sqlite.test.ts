import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { execPath, getuid } from 'node:process'
import Sqlite from 'better-sqlite3'
import { sql } from 'kysely'
import { test, type Test } from 'tap'
import { migrate } from '../../src/store/migrate.ts'
import { openDatabase } from '../../src/store/open.ts'
import { openSqlite } from '../../src/store/sqlite.ts'
import type { Db } from '../../src/store/db.ts'
import { withStatementCache } from '../../src/store/statement-cache.ts'
import { inTransaction } from '../../src/store/transaction.ts'
import { migrations } from '../helpers/migrations.ts'
import { setRoom } from '../helpers/room.ts'

/** A folder of its own that another user can look into, gone when the test ends. */
function createFolder(t: Test): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'carillon-'))
  chmodSync(folder, 0o755)
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function createFile(t: Test): Promise<string> {
  const file = path.join(createFolder(t), 'jobs.db')
  const database = await openSqlite(file)
  await migrate(database, migrations)
  await database.close()
  return file
}

async function refusal(file: string): Promise<{ code: string; message: string }> {
  try {
    const database = await openSqlite(file, { lockTries: 1 })
    await database.close()
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('It was opened.')
}

test('what cannot be opened is refused in one sentence, with the path and the fix', async (t) => {
  const folder = createFolder(t)
  const at = (name: string): string => path.join(folder, name)
  writeFileSync(at('text.db'), 'These are notes.\n'.repeat(100))
  mkdirSync(at('folder.db'))
  const foreign = new Sqlite(at('foreign.db'))
  foreign.exec('create table notes (text)')
  foreign.close()
  const numbered = new Sqlite(at('numbered.db'))
  numbered.exec('pragma application_id = 7')
  numbered.close()
  const cases: readonly [name: string, says: RegExp[]][] = [
    ['missing/jobs.db', [/missing does not exist/, /create it/, /DATABASE_URL/]],
    ['folder.db', [/is a folder/, /must name a file/]],
    ['text.db', [/not a SQLite database/, /another path/]],
    ['text.db/jobs.db', [/text\.db/]],
    ['foreign.db', [/another application/, /another path/]],
    ['numbered.db', [/another application/]]
  ]
  for (const [name, says] of cases) {
    const before =
      existsSync(at(name)) && !name.startsWith('folder') ? readFileSync(at(name)) : null
    const { code, message } = await refusal(at(name))
    t.equal(code, 'store_unusable', name)
    t.ok(message.includes(folder), `${name}: ${message}`)
    t.strictSame(
      says.filter((part) => !part.test(message)),
      [],
      `${name}: ${message}`
    )
    t.notMatch(message, /\n|at .*\.ts/, `${name}: one sentence`)
    if (before !== null)
      t.strictSame(readFileSync(at(name)), before, `${name}: it is left as it was`)
    t.equal(existsSync(`${at(name)}-id`), false, `${name}: no marker is left`)
  }
})

test('a damaged file is refused at the start', async (t) => {
  const file = await createFile(t)
  const pages = readFileSync(file).length / 4096
  t.ok(pages > 4)
  const descriptor = openSync(file, 'r+')
  for (let page = 2; page < pages; page++)
    writeSync(descriptor, Buffer.alloc(2_000, 7), 0, 2_000, page * 4096)
  const { code, message } = await refusal(file)
  t.equal(code, 'store_unusable')
  t.match(message, /is damaged/)
  t.match(message, /restore it from a backup/)
})

test('a file that was cut off is refused at the start', async (t) => {
  const file = await createFile(t)
  truncateSync(file, 4096 * 3)
  t.match(await refusal(file), { code: 'store_unusable', message: /is damaged/ })
})

test('a database that has vanished or become empty is noticed, not begun anew', async (t) => {
  const file = await createFile(t)
  t.match(readFileSync(`${file}-id`, 'utf8'), /^created \d{4}-/)
  truncateSync(file, 0)
  t.match(await refusal(file), { code: 'store_unusable', message: /is empty, but held a database/ })
  rmSync(file)
  const { code, message } = await refusal(file)
  t.equal(code, 'store_unusable')
  t.match(message, /is missing, but held a database \(created /)
  t.ok(message.includes(`delete ${file}-id`), 'and says how to begin anew')
  t.equal(existsSync(file), false, 'nothing was created')
  rmSync(`${file}-id`)
  await (await openSqlite(file)).close()
  t.ok(existsSync(`${file}-id`))
})

test('an empty file that never held a database becomes one', async (t) => {
  const file = path.join(createFolder(t), 'new.db')
  appendFileSync(file, '')
  await (await openSqlite(file)).close()
  t.ok(readFileSync(file).length > 0)
})

test('a lock of another process is waited for, and named when it does not go away', async (t) => {
  const file = await createFile(t)
  const other = new Sqlite(file)
  t.teardown(() => other.close())
  other.exec('begin immediate')
  t.match(await refusal(file), {
    code: 'store_unusable',
    message: /is locked by another process; stop/
  })
  // The first try is made before this returns.
  const opening = openSqlite(file)
  other.exec('commit')
  await (await opening).close()
})

/** What a process of an unprivileged user says when it opens the file. */
function openUnprivileged(file: string): { message?: string; applied?: string[] } {
  const script = path.join(import.meta.dirname, '../helpers/open-database.ts')
  const user = getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const { stdout } = spawnSync(execPath, [script, `sqlite:${file}`], { ...user, encoding: 'utf8' })
  return JSON.parse(stdout) as { message?: string; applied?: string[] }
}

test('a file or folder that may not be written to is refused', async (t) => {
  const file = await createFile(t)
  const folder = path.dirname(file)
  chmodSync(file, 0o444)
  chmodSync(folder, 0o555)
  t.match(openUnprivileged(file).message, /cannot be (written to|opened); check .*permissions/)
  t.match(
    openUnprivileged(path.join(folder, 'new.db')).message,
    /cannot be opened; check .*permissions/
  )
  chmodSync(folder, 0o777)
  t.match(openUnprivileged(file).message, /cannot be written to; check the permissions of the file/)
})

test('every connection is durable: WAL, and synchronous=FULL on each of them', async (t) => {
  const file = await createFile(t)
  for (let connection = 1; connection <= 2; connection++) {
    const database = await openSqlite(file)
    t.teardown(() => database.close())
    const pragma = async (name: string): Promise<unknown> => {
      const { rows } = await sql`pragma ${sql.raw(name)}`.execute(database.query)
      return Object.values(rows[0] as object)[0]
    }
    t.equal(await pragma('synchronous'), 2, `connection ${connection}`)
    t.equal(await pragma('journal_mode'), 'wal')
    t.equal(await pragma('application_id'), 0x4341_524c)
    t.equal(await pragma('busy_timeout'), 200)
    t.ok(Number(await pragma('journal_size_limit')) > 0)
  }
})

test('what was committed is there when the file is opened again', async (t) => {
  const file = await createFile(t)
  const first = await openSqlite(file)
  const row = { name: 'x', host: 'x', pid: 1, version: '0', started_at: 0 }
  await first.query.insertInto('carillon_replicas').values(row).execute()
  const second = await openSqlite(file)
  t.equal((await second.query.selectFrom('carillon_replicas').selectAll().execute()).length, 1)
  await first.close()
  await second.close()
})

test('a full disk is said to be one, although SQLite rolls back by itself then', async (t) => {
  const database = await openSqlite(path.join(createFolder(t), 'full.db'))
  t.teardown(() => database.close())
  await migrate(database, migrations)
  await setRoom(database, 2)
  const write = () =>
    inTransaction(database, async (trx) => {
      const row = { name: 'large', value: 'x'.repeat(100_000) }
      await trx.query.insertInto('carillon_settings').values(row).execute()
    })
  await t.rejects(write(), { code: 'store_full', message: /disk .* is full/ })
  await setRoom(database, 1_000)
  await write()
  t.equal((await database.query.selectFrom('carillon_settings').selectAll().execute()).length, 1)
})

test('a file that is deleted or replaced while it is open is noticed, and not written to', async (t) => {
  for (const [what, spoil] of [
    ['deleted', (file: string) => rmSync(file)],
    [
      'replaced by another file',
      (file: string) => {
        writeFileSync(`${file}.new`, readFileSync(file))
        renameSync(`${file}.new`, file)
      }
    ]
  ] as const) {
    const file = await createFile(t)
    const database = await openSqlite(file)
    t.equal(database.placeFault(), null)
    spoil(file)
    const fault = `${file} was ${what} while it is in use, and nothing is written any more; stop this process`
    t.match(database.placeFault(), fault)
    const refused = { code: 'store_unavailable', message: fault }
    const row = { name: 'ghost', value: 'x' }
    const insert = (db: Db) => db.query.insertInto('carillon_settings').values(row).execute()
    await t.rejects(insert(database), refused, 'a single statement')
    await t.rejects(inTransaction(database, insert), refused, 'a transaction')
    const settings = await database.query.selectFrom('carillon_settings').selectAll().execute()
    t.notOk(
      settings.some(({ name }) => name === row.name),
      'reading goes on'
    )
    await database.close()
  }
  const memory = await openSqlite(':memory:')
  t.equal(memory.placeFault(), null)
  await memory.close()
})

test('databases in memory are apart from each other', async (t) => {
  const [one, other] = [await openSqlite(':memory:'), await openSqlite(':memory:')]
  t.teardown(() => Promise.all([one.close(), other.close()]))
  await migrate(one, migrations)
  await t.rejects(other.query.selectFrom('carillon_jobs').selectAll().execute())
})

test('a URL names the database, and one of another kind is refused', async (t) => {
  const folder = createFolder(t)
  for (const url of [`sqlite:${folder}/a.db`, `sqlite://${folder}/b.db`, `SQLITE:${folder}/c.db`]) {
    const database = await openDatabase(url)
    t.match(database.description, /^sqlite:\/.*\/[abc]\.db$/)
    await database.close()
  }
  for (const url of [
    '',
    'sqlite:',
    'jobs.db',
    'postgres://u:secret@h',
    'mysql://h/',
    'http://u:secret@h/db'
  ]) {
    await t.rejects(
      openDatabase(url),
      { code: 'invalid_configuration', message: /sqlite:\.\/carillon\.db/ },
      url
    )
  }
  await t.rejects(openDatabase('postgres://u:secret@h'), { message: /it names no database/ })
  const said = await openDatabase('http://u:secret@h/db').catch(String)
  t.match(said, /"http:" is not supported/)
  t.notMatch(said, /secret/)
})

test('a statement is prepared once, however often it is run', (t) => {
  const connection = new Sqlite(':memory:')
  t.teardown(() => connection.close())
  const prepared: string[] = []
  const prepare = connection.prepare.bind(connection)
  Object.assign(connection, {
    prepare: (text: string) => {
      prepared.push(text)
      return prepare(text)
    }
  })
  const cache = withStatementCache(connection, () => undefined)
  for (let round = 0; round < 3; round++) {
    cache.prepare('begin').run([])
    t.strictSame(cache.prepare('select ? as a').all([round]), [{ a: round }])
    cache.prepare('commit').run([])
  }
  t.strictSame(prepared, ['begin immediate', 'select ? as a', 'commit'])
  for (let index = 0; index < 2_000; index++) cache.prepare(`select ${index}`).all([])
  prepared.length = 0
  cache.prepare('select 1999').all([])
  t.strictSame(prepared, [], 'the latest are kept')
  cache.prepare('select 0').all([])
  t.strictSame(prepared, ['select 0'], 'and there is a bound')
  t.end()
})

test('a prepared statement outlives a change of the schema', async (t) => {
  const database = await openSqlite(':memory:')
  t.teardown(() => database.close())
  await migrate(database, migrations)
  const read = (): Promise<unknown[]> =>
    database.query.selectFrom('carillon_jobs').selectAll().execute()
  t.strictSame(await read(), [])
  await sql`alter table carillon_jobs add column later text default 'x'`.execute(database.query)
  await sql`insert into carillon_jobs (version, name, target, definition, state, created_at, updated_at)
    values (1, 'a', 'log', '{}', 'enabled', 0, 0)`.execute(database.query)
  t.match(await read(), [{ name: 'a', later: 'x' }])
})
