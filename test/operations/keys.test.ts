import type { ApiKey } from '../../src/domain/api-key.ts'
import { digestOf } from '../../src/domain/digest.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'
import { diskError, watchDatabase } from '../helpers/watched-database.ts'

test('a key is shown once, and kept as a digest', async (t) => {
  const { scheduler, database, clock } = await createTestScheduler(t, { start: false })
  const { key, ...made } = await scheduler.keys.create(
    { name: 'ci', scopes: ['read', 'run'], expires_in: '90d' },
    { createdBy: 'key:9' }
  )
  const now = new Date(clock.now())
  t.strictSame(made, {
    id: 1,
    name: 'ci',
    scopes: ['read', 'run'],
    created_at: now.toISOString(),
    created_by: 'key:9',
    expires_at: new Date(now.getTime() + 90 * 86_400_000).toISOString(),
    last_used_at: null,
    revoked_at: null
  })
  t.match(key, /^car_1_[\w-]{43}$/)
  const secret = key.slice('car_1_'.length)
  const [row] = await database.query.selectFrom('carillon_keys').selectAll().execute()
  t.equal(row?.digest, digestOf(secret).toString('hex'))
  t.notMatch(JSON.stringify(row), secret)
  t.strictSame(await scheduler.keys.get(1), made)
  t.strictSame(await scheduler.keys.list(), [made])
})

test('no two keys are alike, and no id comes twice', async (t) => {
  const { scheduler, database } = await createTestScheduler(t, { start: false })
  const create = () => scheduler.keys.create({ name: 'same', scopes: ['read'] })
  const keys = await Promise.all([create(), create(), create()])
  t.equal(new Set(keys.map(({ key }) => key.replace(/^car_\d+_/, ''))).size, 3)
  t.strictSame(
    keys.map(({ id }) => id).toSorted((a, b) => a - b),
    [1, 2, 3]
  )
  // As nobody but a test does.
  await database.query.deleteFrom('carillon_keys').where('id', '=', 3).execute()
  t.equal((await create()).id, 4)
})

test('keys are listed from the newest on, page by page', async (t) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  for (const name of ['a', 'b', 'c']) await scheduler.keys.create({ name, scopes: ['write'] })
  const names = (keys: readonly ApiKey[]) => keys.map(({ name }) => name)
  t.strictSame(names(await scheduler.keys.list()), ['c', 'b', 'a'])
  t.strictSame(names(await scheduler.keys.list({ limit: 2 })), ['c', 'b'])
  t.strictSame(names(await scheduler.keys.list({ limit: 2, beforeId: 2 })), ['a'])
})

test('a key is revoked once, and stays known', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, { start: false })
  const revoked: ApiKey[] = []
  scheduler.on('key_revoked', ({ key }) => revoked.push(key))
  const { key: _key, ...made } = await scheduler.keys.create({ name: 'ci', scopes: ['admin'] })
  await clock.advance(1_000)
  const first = await scheduler.keys.revoke(1)
  t.strictSame(first, { ...made, revoked_at: new Date(clock.now()).toISOString() })
  await clock.advance(1_000)
  t.strictSame(await scheduler.keys.revoke(1), first, 'it stays revoked since then')
  t.strictSame(await scheduler.keys.list(), [first])
  t.strictSame(revoked, [first, first])
  for (const id of [2, 0, -1, Number.MAX_SAFE_INTEGER]) {
    await t.rejects(scheduler.keys.revoke(id), { code: 'api_key_not_found' }, String(id))
    await t.rejects(scheduler.keys.get(id), { message: `There is no API key ${id}.` })
  }
})

test('who listens learns of a new key, but not the key', async (t) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  const created: ApiKey[] = []
  scheduler.on('key_created', ({ key }) => created.push(key))
  const { key, ...made } = await scheduler.keys.create({ name: 'ci', scopes: ['read'] })
  t.strictSame(created, [made])
  t.notMatch(JSON.stringify(created), key)
})

test('a name may be any line of text, and comes back as it was', async (t) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  for (const name of ["'; drop table carillon_keys; --", '🦆 é é', ' x ', 'x'.repeat(200)]) {
    const { id } = await scheduler.keys.create({ name, scopes: ['read'] })
    t.equal((await scheduler.keys.get(id)).name, name, kindOf(t))
  }
})

test('what the database fails is told under a name of its own', async (t) => {
  const watched = watchDatabase(await createTestDatabase(t))
  const { scheduler } = await createTestScheduler(t, { start: false, db: watched.database })
  const failed: string[] = []
  scheduler.on('operation_failed', ({ operation }) => failed.push(operation))
  watched.onStatement = () => {
    throw diskError(watched.database)
  }
  await t.rejects(scheduler.keys.list())
  await t.rejects(scheduler.keys.revoke(1))
  t.strictSame(failed, ['keys_list', 'keys_revoke'])
})
