import { pruneChanges } from '../../src/store/prune-changes.ts'
import { createTestApi } from '../helpers/api.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

test('everything that is done to a job is noted, the newest first', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'noted', schedule: '0 9 * * *' })
  await clock.advance(1_000)
  await scheduler.updateJob(id, { schedule: '0 10 * * *', timeout: '1h', tags: ['a'] })
  await scheduler.pause(id, { reason: 'holidays', until: '2026-01-02T00:00:00Z' })
  await scheduler.resume(id, { catch_up: true })
  await scheduler.skip(id, 2)
  await scheduler.deleteJob(id)
  const changes = await scheduler.listChanges(id)
  t.strictSame(
    changes.map(({ action, version, detail }) => ({ action, version, detail })),
    [
      { action: 'deleted', version: 2, detail: { name: 'noted', key: null, running: 'cancel' } },
      { action: 'skipped', version: 2, detail: { count: 2 } },
      { action: 'resumed', version: 2, detail: { catch_up: true } },
      {
        action: 'paused',
        version: 2,
        detail: { reason: 'holidays', until: '2026-01-02T00:00:00.000Z' }
      },
      {
        action: 'updated',
        version: 2,
        detail: {
          schedule: { before: '0 9 * * *', after: '0 10 * * *' },
          tags: { before: [], after: ['a'] }
        }
      },
      { action: 'created', version: 1, detail: null }
    ]
  )
  t.match(changes.at(-1), { job_id: id, at: '2026-01-01T00:00:00.000Z', actor: null })
})

test('what changes nothing is not noted, and neither is what was refused', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'same', schedule: '0 9 * * *' })
  await scheduler.updateJob(id, { name: 'same' })
  await scheduler.resume(id)
  await t.rejects(scheduler.updateJob(id, { schedule: 'nonsense' }))
  t.strictSame(
    (await scheduler.listChanges(id)).map((change) => change.action),
    ['created']
  )
})

test('a long value is left out of the log of changes', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'long', schedule: '0 9 * * *' })
  await scheduler.updateJob(id, { params: 'x'.repeat(5_000) })
  const [change] = await scheduler.listChanges(id)
  t.strictSame(change?.detail, { params: { before: null, after: { omitted_characters: 5_002 } } })
})

test('a job whose definition cannot be read is paused, and that is noted', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'broken', repeat_interval: '10s' })
  await database.query.updateTable('carillon_jobs').set({ definition: '{' }).execute()
  await clock.advance(11_000)
  const [change] = await scheduler.listChanges(id)
  t.match(change, { action: 'paused', version: 1, detail: { reason: /cannot be used/ } })
})

test('a job keeps its last 1,000 changes', async (t) => {
  const { scheduler, database } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'busy', schedule: '0 9 * * *' })
  const other = await scheduler.createJob({ name: 'other', schedule: '0 9 * * *' })
  const rows = Array.from({ length: 1_030 }, (_, index) => ({
    job_id: id,
    at: index,
    action: 'skipped',
    actor: null,
    version: 1,
    detail: null
  }))
  await database.query.insertInto('carillon_changes').values(rows).execute()
  let afterId = 0
  do {
    const pruned = await pruneChanges(database, { before: 0, afterId, limit: 200 })
    afterId = pruned.nextId
  } while (afterId !== 0)
  const kept = await scheduler.listChanges(id, { limit: 2_000 })
  t.equal(kept.length, 1_000)
  t.equal(kept[0]?.at, '1970-01-01T00:00:01.029Z')
  t.equal((await scheduler.listChanges(other.id)).length, 1)
})

test('the changes of a deleted job stay for the time of retention, all of them', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, {
    retention: { ageMs: 60_000, perJob: 1_000 }
  })
  const gone = await scheduler.createJob({ name: 'gone', schedule: '0 9 * * *' })
  const stays = await scheduler.createJob({ name: 'stays', schedule: '0 9 * * *' })
  await clock.advance(50_000)
  await scheduler.deleteJob(gone.id)
  await clock.advance(50_000)
  t.equal((await scheduler.listChanges(gone.id)).length, 2)
  await clock.advance(20_000)
  await t.rejects(scheduler.listChanges(gone.id), { code: 'job_not_found' })
  t.equal((await scheduler.listChanges(stays.id)).length, 1)
})

test('GET /jobs/:id/changes pages by Link, and knows deleted jobs', async (t) => {
  const { send } = await createTestApi(t)
  const created = await send('POST', '/jobs', { name: 'paged', schedule: '0 9 * * *' })
  const url = `/jobs/${created.body.id}`
  for (const name of ['b', 'c']) await send('PATCH', url, { name })
  await send('DELETE', url)
  const first = await send('GET', `${url}/changes?limit=3`)
  t.equal(first.status, 200)
  t.strictSame(
    first.body.map(({ action }: { action: string }) => action),
    ['deleted', 'updated', 'updated']
  )
  const next = /^<(\?[^>]+)>; rel="next"$/.exec(String(first.headers['link']))?.[1]
  const second = await send('GET', `${url}/changes${next}`)
  t.match(second.body, [{ action: 'created', actor: null, detail: null }])
  t.equal(second.body.length, 1)
  t.equal(second.headers['link'], undefined)
  t.equal((await send('GET', '/jobs/99/changes')).status, 404)
  t.equal((await send('GET', `${url}/changes?cursor=x`)).status, 400)
})
