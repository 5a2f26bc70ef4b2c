import { Client } from 'pg'
import { test } from 'tap'
import { openDatabase } from '../../src/store/open.ts'
import { createPostgresNotices } from '../../src/store/postgres-notices.ts'
import { createDatabaseUrl, skipReasons } from '../helpers/server-databases.ts'
import { until } from '../helpers/until.ts'

const skip = skipReasons.postgres

test('what one process sends, the others get, in order and whole', { skip }, async (t) => {
  const url = await createDatabaseUrl(t, 'postgres')
  const [one, other] = [await openDatabase(url), await openDatabase(url)]
  t.teardown(() => Promise.all([one.close(), other.close()]))
  const heard: string[] = []
  const stop = await other.notices?.listen(
    (message) => heard.push(message),
    () => heard.push('gap')
  )
  const messages = ['first', '{"a":"ü\'\\"}', 'x'.repeat(7_900)]
  for (const message of messages) await one.notices?.send(message)
  await until('all messages', async () => heard.length === 3)
  t.strictSame(heard, messages)
  await stop?.()
  await one.notices?.send('too late')
  t.equal(heard.length, 3)
})

test(
  'a listener that was cut off listens again, and says that it may have missed something',
  { skip },
  async (t) => {
    const url = await createDatabaseUrl(t, 'postgres')
    const database = await openDatabase(url)
    t.teardown(() => database.close())
    const clients: Client[] = []
    const targets = [url, 'postgres://127.0.0.1:1/none', 'postgres://127.0.0.1:1/none', url]
    const notices = createPostgresNotices(database.query, () => {
      const client = new Client({ connectionString: targets[clients.length] ?? url })
      clients.push(client)
      return client
    })
    const heard: string[] = []
    const stop = await notices.listen(
      (message) => heard.push(message),
      () => heard.push('gap')
    )
    t.teardown(() => stop())
    await notices.send('before')
    await until('the first message', async () => heard.length === 1)
    const { processID } = clients[0] as unknown as { processID: number }
    const killer = new Client({ connectionString: url })
    await killer.connect()
    await killer.query('select pg_terminate_backend($1)', [processID])
    await killer.end()
    await until('a new connection', async () => heard.includes('gap'))
    await notices.send('after')
    await until('the last message', async () => heard.at(-1) === 'after')
    t.strictSame(heard, ['before', 'gap', 'after'])
    t.equal(clients.length, 4, 'no more connections than needed')
  }
)
