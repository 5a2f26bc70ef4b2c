import type { Test } from 'tap'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { bearer, createServiceApp, type TestServiceApp } from '../helpers/service-app.ts'

/** Two replicas of the service on one database. */
async function createPair(t: Test): Promise<[TestServiceApp, TestServiceApp]> {
  const config = { database: await createDatabaseUrl(t, kindOf(t)), autoStart: false }
  return [await createServiceApp(t, { config }), await createServiceApp(t, { config })]
}

test('a key that one replica revokes is refused by the other at the next request', async (t) => {
  const [first, second] = await createPair(t)
  const admin = bearer(await first.makeKey({ scopes: ['admin'] }))
  const key = bearer(await first.makeKey({ scopes: ['read'] }))
  for (const service of [first, second]) t.equal((await service.send('GET /jobs', key)).status, 200)
  t.equal((await first.send('DELETE /keys/2', admin)).status, 204)
  for (const service of [second, first]) t.equal((await service.send('GET /jobs', key)).status, 401)
  t.equal((await second.send('GET /jobs', admin)).status, 200)
})

test('a key that one replica makes opens the other at once, and closes it within a second', async (t) => {
  const [first, second] = await createPair(t)
  t.equal((await second.send('GET /jobs')).status, 200)
  const key = bearer(await first.makeKey({ scopes: ['read'] }))
  t.equal((await first.send('GET /jobs')).status, 401, 'where it was made, at once')
  await second.clock.advance(1_000)
  t.equal((await second.send('GET /jobs')).status, 401)
  t.equal((await second.send('GET /jobs', key)).status, 200)
})

test('a key of another database opens nothing, also with the same id', async (t) => {
  const [mine] = await createPair(t)
  const [theirs] = await createPair(t)
  const [key, other] = [await mine.makeKey(), await theirs.makeKey()]
  t.equal(key.slice(0, 6), other.slice(0, 6))
  t.equal((await mine.send('GET /jobs', bearer(key))).status, 200)
  t.equal((await mine.send('GET /jobs', bearer(other))).status, 401)
})
