import { randomBytes } from 'node:crypto'
import type { Test } from 'tap'
import type { NewApiKey } from '../src/domain/api-key.ts'
import { formatApiKey, parseApiKey } from '../src/domain/api-key-text.ts'
import { createEventHub, type Events } from '../src/engine/events.ts'
import { createKeyring } from '../src/keyring.ts'
import { createKeyOperations } from '../src/operations/keys/key-operations.ts'
import { createManualClock } from './helpers/manual-clock.ts'
import { test } from './helpers/on-every-database.ts'
import { createTestDatabase } from './helpers/scheduler.ts'
import { diskError, plainText, watchDatabase } from './helpers/watched-database.ts'

/** A keyring on a database of its own, whose statements about keys are counted by their first word. */
async function createTestKeyring(t: Test, configured: string | null = null) {
  const watched = watchDatabase(await createTestDatabase(t))
  const clock = createManualClock()
  const events = createEventHub()
  const failures: Events['operation_failed'][] = []
  events.on('operation_failed', (event) => failures.push(event))
  const statements: string[] = []
  watched.onStatement = (text) => {
    const plain = plainText(text).trim()
    if (plain.includes('carillon_keys')) statements.push(plain.split(' ')[0] ?? '')
  }
  const core = { db: watched.database, clock, events }
  const keyring = createKeyring({ ...core, configured })
  t.teardown(() => keyring.close())
  // Of another process: this one is not told.
  const elsewhere = createKeyOperations({ ...core, events: createEventHub() })
  const make = (more: Partial<NewApiKey> = {}) =>
    elsewhere.create({ name: 'k', scopes: ['read'], ...more })
  const identify = (key: string) => keyring.identify(`Bearer ${key}`)
  return { ...core, watched, keyring, elsewhere, statements, failures, make, identify }
}

/** The same key with another secret. */
function withOtherSecret(key: string): string {
  const { id } = parseApiKey(key) ?? { id: 0 }
  return formatApiKey({ id, secret: randomBytes(32).toString('base64url') })
}

test('a key tells who it is, and what it is for', async (t) => {
  const { make, identify } = await createTestKeyring(t)
  const first = await make({ scopes: ['read', 'run'] })
  const second = await make({ scopes: ['admin'] })
  t.strictSame(await identify(first.key), { actor: 'key:1', scopes: ['read', 'run'] })
  t.strictSame(await identify(second.key), { actor: 'key:2', scopes: ['admin'] })
})

test('what is no key of this database opens nothing', async (t) => {
  const { make, identify, keyring } = await createTestKeyring(t)
  const { key } = await make()
  const { key: other } = await (await createTestKeyring(t)).make()
  for (const wrong of [
    withOtherSecret(key),
    other,
    key.replace('car_1_', 'car_2_'),
    key.replace('car_1_', `car_${Number.MAX_SAFE_INTEGER}_`),
    `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`,
    '',
    'x'.repeat(1024 * 1024)
  ]) {
    t.equal(await identify(wrong), null, wrong.slice(0, 60))
  }
  t.equal(await keyring.identify(undefined), null)
  t.not(await identify(key), null)
})

test('a key opens until the very instant at which it expires', async (t) => {
  const { make, identify, clock } = await createTestKeyring(t)
  const { key } = await make({ expires_in: '1h' })
  await clock.advance(3_600_000 - 1)
  t.not(await identify(key), null)
  await clock.advance(1)
  t.equal(await identify(key), null)
})

test('a revoked key opens nothing from the next request on, and the others still do', async (t) => {
  const { make, identify, elsewhere } = await createTestKeyring(t)
  const [gone, kept] = [await make(), await make()]
  t.not(await identify(gone.key), null)
  await elsewhere.revoke(gone.id)
  t.equal(await identify(gone.key), null)
  t.not(await identify(kept.key), null)
})

test('the database is asked for each request, but once for those that come together', async (t) => {
  const { make, identify, statements, clock } = await createTestKeyring(t)
  const { key } = await make()
  await identify(key)
  await clock.advance(0)
  statements.length = 0
  await Promise.all([identify(key), identify(key), identify(withOtherSecret(key))])
  t.strictSame(statements, ['select'])
  await identify(key)
  t.strictSame(statements, ['select', 'select'])
})

test('a request that comes after the statement began gets one of its own', async (t) => {
  const { make, identify, statements, watched, clock } = await createTestKeyring(t)
  const { key } = await make()
  await identify(key)
  await clock.advance(0)
  statements.length = 0
  const counted = watched.onStatement
  const late: Promise<unknown>[] = []
  watched.onStatement = (text, parameters) => {
    counted(text, parameters)
    if (late.length === 0) late.push(identify(key))
  }
  await identify(key)
  await Promise.all(late)
  t.strictSame(statements, ['select', 'select'])
})

test('the key of the configuration opens everything, whatever the database does', async (t) => {
  const configured = 'car_1_'.padEnd(49, 'k')
  const { identify, watched, statements } = await createTestKeyring(t, configured)
  watched.onStatement = () => {
    throw diskError(watched.database)
  }
  t.strictSame(await identify(configured), { actor: 'configuration', scopes: ['admin'] })
  t.strictSame(statements, [])
  await t.rejects(identify(`${configured.slice(0, -1)}x`), 'any other needs it')
})

test('the first key of another process is seen within a second, and for ever', async (t) => {
  const { make, keyring, elsewhere, statements, clock } = await createTestKeyring(t)
  t.notOk(keyring.isKnownUnmade(), 'nobody has looked')
  t.equal(await keyring.wasKeyMade(), false)
  const { id } = await make()
  await clock.advance(999)
  statements.length = 0
  t.equal(await keyring.wasKeyMade(), false)
  t.ok(keyring.isKnownUnmade())
  t.strictSame(statements, [], 'it is not asked again before')
  await clock.advance(1)
  t.notOk(keyring.isKnownUnmade(), 'what is older than a second is not known')
  t.strictSame(await Promise.all([keyring.wasKeyMade(), keyring.wasKeyMade()]), [true, true])
  t.strictSame(statements, ['select'])
  await elsewhere.revoke(id)
  await clock.advance(60_000)
  t.equal(await keyring.wasKeyMade(), true, 'a key that is over counts')
  t.equal(await keyring.hasActive(), false, 'but opens nothing')
})

test('the first key of this process is seen at once', async (t) => {
  const { keyring, db, clock, events } = await createTestKeyring(t)
  t.equal(await keyring.wasKeyMade(), false)
  await createKeyOperations({ db, clock, events }).create({ name: 'k', scopes: ['read'] })
  t.notOk(keyring.isKnownUnmade())
  t.equal(await keyring.wasKeyMade(), true)
})

test('whether there was a key is not guessed when the database fails', async (t) => {
  const { keyring, watched } = await createTestKeyring(t)
  const counted = watched.onStatement
  watched.onStatement = () => {
    throw diskError(watched.database)
  }
  await t.rejects(keyring.wasKeyMade())
  await t.rejects(keyring.wasKeyMade())
  watched.onStatement = counted
  t.equal(await keyring.wasKeyMade(), false)
})

test('keys that are over are not active', async (t) => {
  const { keyring, make, elsewhere, clock } = await createTestKeyring(t)
  t.equal(await keyring.hasActive(), false)
  await make({ expires_in: '1h' })
  t.equal(await keyring.hasActive(), true)
  await clock.advance(3_600_000)
  t.equal(await keyring.hasActive(), false)
  const { id } = await make()
  t.equal(await keyring.hasActive(), true)
  await elsewhere.revoke(id)
  t.equal(await keyring.hasActive(), false)
  await elsewhere.revoke(1)
  t.equal(await keyring.wasKeyMade(), true, 'but they were made')
})

test('the last use is noted once a minute, and only of a key that opens', async (t) => {
  const { make, identify, elsewhere, statements, clock } = await createTestKeyring(t)
  const { id, key } = await make()
  const start = clock.now()
  const use = async (text = key) => {
    await identify(text)
    await clock.advance(0)
    const { last_used_at: at } = await elsewhere.get(id)
    return at === null ? null : Date.parse(at) - start
  }
  t.equal(await use(withOtherSecret(key)), null)
  t.equal(await use(), 0)
  await clock.advance(59_999)
  t.equal(await use(), 0)
  t.equal(statements.filter((word) => word === 'update').length, 1)
  await clock.advance(1)
  t.equal(await use(), 60_000)
  t.equal(statements.filter((word) => word === 'update').length, 2)
})

test('a last use that cannot be noted holds up nobody, and is told', async (t) => {
  const { make, identify, failures, watched, clock } = await createTestKeyring(t)
  const { key } = await make()
  watched.onStatement = (text) => {
    if (/^\s*update/.test(text)) throw diskError(watched.database)
  }
  t.strictSame(await identify(key), { actor: 'key:1', scopes: ['read'] })
  await clock.advance(0)
  t.match(failures, [{ operation: 'note_key_use' }])
  t.not(await identify(key), null)
})
