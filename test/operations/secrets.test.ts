import type { KyselyPlugin } from 'kysely'
import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { createVault, keyIdOf, type Vault } from '../../src/engine/vault.ts'
import { countSealed, rotateSecrets } from '../../src/operations/rotate-secrets.ts'
import type { SchedulerOptions } from '../../src/scheduler.ts'
import type { Db } from '../../src/store/db.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabases, createTestScheduler, overDays } from '../helpers/scheduler.ts'
import { watchDatabase } from '../helpers/watched-database.ts'
import { captureWebhooks } from '../../src/testing/webhooks.ts'

const KEY = Buffer.alloc(32, 1)
const OTHER = Buffer.alloc(32, 2)
const vaultOf = (current: Buffer | null, previous: Buffer | null = null): Vault =>
  createVault({ current, previous })

const SIGNING = `whsec_${Buffer.alloc(32, 3).toString('base64')}`
const NEWER = `whsec_${Buffer.alloc(33, 4).toString('base64')}`
const BEARER = 'Bearer 5f1d8c0e-canary-6789'
const SHORT = 'canary'
const SHOWN = `***${SIGNING.slice(-4)}`

const job = (more: Partial<Extract<JobInput['target'], { type: 'http' }>> = {}): JobInput => ({
  key: 'a',
  name: 'A',
  schedule: '@hourly',
  target: {
    type: 'http',
    url: 'https://x.example/hook',
    headers: { 'X-Open': 'seen', Authorization: { secret: BEARER }, 'X-Pin': { secret: SHORT } },
    secret: SIGNING,
    ...more
  }
})

const shownTarget = {
  url: 'https://x.example/hook',
  headers: { 'X-Open': 'seen', Authorization: { secret: '***6789' }, 'X-Pin': { secret: '***' } },
  secret: SHOWN
}

async function create(t: Test, options: Partial<SchedulerOptions> & { start?: boolean } = {}) {
  const webhooks = captureWebhooks()
  const { dispatcher } = webhooks
  const kit = await createTestScheduler(t, { vault: vaultOf(KEY), dispatcher, ...options })
  /** What a run of the job sends now. */
  const sent = async (id: number) => {
    const before = webhooks.requests.length
    await kit.scheduler.run(id, { overlap: 'allow' })
    await kit.clock.advance(100)
    return webhooks.requests[before]?.headers
  }
  return { ...kit, webhooks, sent }
}

/** Everything that the database holds of definitions and changes, as text. */
async function kept(db: Db): Promise<string> {
  const jobs = await db.query.selectFrom('carillon_jobs').select('definition').execute()
  const versions = await db.query.selectFrom('carillon_job_versions').selectAll().execute()
  const changes = await db.query.selectFrom('carillon_changes').selectAll().execute()
  return JSON.stringify([jobs, versions, changes])
}

function holdsNone(t: Test, text: string, where: string): void {
  for (const secret of [SIGNING, NEWER, BEARER, SHORT]) {
    t.notOk(text.includes(secret), `${secret} is not in ${where}`)
    t.notOk(text.includes(Buffer.from(secret).toString('base64url')), where)
  }
}

test('a secret is sent, kept sealed, and shown by its last four characters or not at all', async (t) => {
  const { scheduler, database, events, sent } = await create(t)
  const created = await scheduler.createJob(job())
  t.match(created.target, shownTarget)
  t.match(await scheduler.getJob(1), { target: shownTarget, version: 1 })
  t.match(await sent(1), {
    'x-open': 'seen',
    authorization: BEARER,
    'x-pin': SHORT,
    'webhook-id': '1',
    'webhook-signature': /^v1,[\w+/]{43}=$/
  })
  const stored = await kept(database)
  holdsNone(t, stored, 'the database')
  t.match(stored, /sealed\\":\\"v1\.[\da-f]{8}\./)
  holdsNone(t, JSON.stringify(events('job_created')), 'events')
  holdsNone(t, JSON.stringify(events('runs_started')), 'events')
  t.notMatch(JSON.stringify(events('runs_started')), /sealed/)
})

test('no statement holds a secret in the clear, not even one that another overwrites', async (t) => {
  const [database] = await createTestDatabases(t, 1)
  const statements: string[] = []
  const watched = watchDatabase(database)
  watched.onStatement = (text, parameters) => {
    statements.push(text + JSON.stringify(parameters))
  }
  const db = watched.database
  const { scheduler } = await create(t, { db })
  await scheduler.createJob(job())
  await scheduler.replaceJob(1, job({ secret: NEWER }))
  await scheduler.apply({ jobs: [job()] })
  t.ok(statements.some((statement) => statement.includes('v1.')))
  holdsNone(t, statements.join(), 'the statements')
})

test('what is shown can be sent back by PUT, PATCH and apply, and changes nothing', async (t) => {
  const { scheduler, sent } = await create(t)
  await scheduler.createJob(job())
  const [exported = job()] = await Array.fromAsync(scheduler.exportJobs())
  holdsNone(t, JSON.stringify(exported), 'the export')
  t.match(exported.target, shownTarget)
  t.match(await scheduler.replaceJob(1, exported), { version: 1 })
  t.match(await scheduler.putJob('a', exported), { created: false, job: { version: 1 } })
  t.match(await scheduler.apply({ jobs: [exported] }), { unchanged: 1 })
  t.match(await scheduler.updateJob(1, { target: exported.target ?? { type: 'log' } }), {
    version: 1
  })
  t.match(await scheduler.updateJob(1, { name: 'B' }), { version: 2, target: shownTarget })
  t.match(
    await scheduler.updateJob(1, { target: { type: 'http', url: 'https://x.example/other' } }),
    {
      version: 3,
      target: { ...shownTarget, url: 'https://x.example/other' }
    }
  )
  t.match(await sent(1), { authorization: BEARER, 'x-pin': SHORT, 'webhook-id': /./ })
})

test('the same secret sent again is no change, whatever way it comes', async (t) => {
  const { scheduler } = await create(t)
  await scheduler.createJob(job())
  t.match(await scheduler.replaceJob(1, job()), { version: 1 })
  t.match(await scheduler.putJob('a', job()), { job: { version: 1 } })
  t.match(await scheduler.apply({ jobs: [job()] }), { unchanged: 1, updated: 0 })
  t.match(await scheduler.dryRun.apply({ jobs: [job()] }), { unchanged: 1 })
})

test('a new secret is a change that shows neither, also where both look alike', async (t) => {
  const { scheduler, database, sent } = await create(t)
  await scheduler.createJob(job())
  const pin = { 'X-Pin': { secret: 'other' } }
  const target = { type: 'http', url: 'https://x.example/hook', headers: pin } as const
  t.match(await scheduler.dryRun.updateJob(1, { target }), { job: { version: 2 } })
  t.match(await scheduler.updateJob(1, { target }), { version: 2, target: shownTarget })
  const report = await scheduler.apply({ jobs: [job({ secret: NEWER })] })
  t.match(report, {
    updated: 1,
    changes: [
      {
        diff: { target: { before: { secret: SHOWN }, after: { secret: `***${NEWER.slice(-4)}` } } }
      }
    ]
  })
  t.match(await scheduler.listChanges(1), [
    { detail: { target: { after: { headers: { 'X-Pin': { secret: '***' } } } } } },
    {
      detail: {
        target: {
          before: { headers: { 'X-Pin': { secret: '***' } } },
          after: { headers: { 'X-Pin': { secret: '***' } } }
        }
      }
    },
    { detail: null }
  ])
  holdsNone(t, JSON.stringify([report, await scheduler.listChanges(1)]), 'changes')
  holdsNone(t, await kept(database), 'the database')
  t.match(await sent(1), { 'x-pin': SHORT })
})

test('a secret moves to the second place while a new one takes the first', async (t) => {
  const { scheduler, sent } = await create(t)
  await scheduler.createJob(job())
  const withSecret = (secret: string | string[]) =>
    scheduler.updateJob(1, { target: { type: 'http', url: 'https://x.example/hook', secret } })
  const both = [`***${NEWER.slice(-4)}`, SHOWN]
  t.match(await withSecret([NEWER, SHOWN]), { version: 2, target: { secret: both } })
  t.match(await sent(1), { 'webhook-signature': /^v1,\S+ v1,\S+$/ })
  t.match(await withSecret(both), { version: 2 })
  t.match(await withSecret(both[0] ?? ''), { version: 3, target: { secret: both[0] } })
  t.match(await sent(1), { 'webhook-signature': /^v1,\S+$/ })
  const none = { type: 'http', url: 'https://x.example/hook', secret: null }
  const patched = await scheduler.updateJob(1, { target: none } as unknown as JobInput)
  t.equal('secret' in patched.target, false)
})

test('a header that is kept is sent to no other origin than it was set for', async (t) => {
  const { scheduler, sent } = await create(t)
  const { id } = await scheduler.createJob(job())
  const moved = {
    target: { ...shownTarget, type: 'http', url: 'https://evil.example/hook' }
  } as const
  const shown = await scheduler.getJob(id)
  await t.rejects(scheduler.updateJob(id, { target: { url: moved.target.url } as never }), {
    code: 'validation_failed',
    message: /^"target\.headers\.Authorization" .* leads to another origin/
  })
  await t.rejects(scheduler.replaceJob(id, { ...job(), ...moved }), { code: 'validation_failed' })
  t.strictSame(await scheduler.getJob(id), shown, 'nothing was changed')
  const headers = { Authorization: { secret: BEARER } }
  await scheduler.replaceJob(id, { ...job(), target: { ...moved.target, headers } })
  t.match(await sent(id), { authorization: BEARER }, 'whoever knows it may send it where they like')
  const path = { ...moved.target, url: 'https://evil.example/other' }
  const again = { ...path, headers: { Authorization: { secret: '***6789' } } }
  await scheduler.replaceJob(id, { ...job(), target: again })
  t.match(await sent(id), { authorization: BEARER }, 'the path may change')
})

test('a shown form that stands for nothing is refused by name', async (t) => {
  const { scheduler } = await create(t)
  const refused = (work: Promise<unknown>, pointer: string, message: RegExp) =>
    t.rejects(work, { code: 'validation_failed', message, faults: [{ pointer }] })
  const nothing = /"target\.secret" is "\*\*\*6789", .* there is no secret to keep; send the secret/
  await refused(scheduler.createJob(job({ secret: '***6789' })), '/target/secret', nothing)
  t.strictSame(await scheduler.listJobs(), [], 'nothing is left of it')
  await refused(
    scheduler.apply({ jobs: [job({ secret: '***6789' })] }),
    '/jobs/0/target/secret',
    nothing
  )
  const { id } = await scheduler.createJob(job())
  await refused(
    scheduler.replaceJob(id, job({ secret: '***6789' })),
    '/target/secret',
    /the secret that is kept is another one/
  )
  await refused(
    scheduler.replaceJob(id, job({ headers: { 'X-Other': { secret: '***6789' } } })),
    '/target/headers/X-Other',
    /"target\.headers\.X-Other" .* no secret to keep/
  )
  t.match(await scheduler.getJob(id), { version: 1 })
})

test('without a key no secret is stored, and everything else goes on', async (t) => {
  const [db, same = db] = await createTestDatabases(t, 2)
  const { scheduler: first } = await create(t, { db, start: false })
  await first.createJob(job())
  const { scheduler } = await create(t, { db: same, vault: vaultOf(null), start: false })
  const works: Promise<unknown>[] = [
    scheduler.createJob({ ...job(), key: null }),
    scheduler.updateJob(1, {
      target: { type: 'http', url: 'https://x.example/hook', secret: NEWER }
    }),
    scheduler.apply({ jobs: [job({ secret: NEWER })] }),
    scheduler.dryRun.createJob({ ...job(), key: null })
  ]
  for (const work of works) {
    await t.rejects(work, {
      code: 'secrets_not_configured',
      message: /set CARILLON_SECRET_KEY, which "openssl rand -base64 32" makes/
    })
  }
  t.equal((await scheduler.listJobs()).length, 1)
  t.match(await scheduler.updateJob(1, { name: 'B' }), { version: 2, target: shownTarget })
  await t.resolves(scheduler.createJob({ name: 'bare', schedule: '@daily' }))
})

test('a secret that does not open fails the run, once, and is said in its explanation', async (t) => {
  const [db, same = db] = await createTestDatabases(t, 2)
  const { scheduler: first } = await create(t, { db, start: false })
  await first.createJob(job())
  const vault = vaultOf(OTHER)
  const options = { db: same, vault, ...overDays }
  const { scheduler, clock, webhooks } = await create(t, options)
  await scheduler.createJob({ name: 'bare', schedule: '@hourly' })
  await clock.advance(3_600_100)
  const [run] = await scheduler.listRuns({ filter: { jobId: 1 } })
  t.match(run, {
    state: 'failed',
    attempt: 1,
    error: { code: 'secret_unreadable', message: /sealed with the key [\da-f]{8}, which this/ }
  })
  t.match(await scheduler.explain(1, run?.scheduled_for ?? ''), {
    sentence:
      /failed after 1 attempt: The secret in "target\.headers\.Authorization" was sealed with/
  })
  t.match(await scheduler.getJob(1), { state: 'enabled', last_outcome: 'failed' })
  t.match(await scheduler.getJob(2), { last_outcome: 'succeeded' })
  t.equal(webhooks.requests.length, 0)
  // Giving it anew is what mends it.
  await scheduler.replaceJob(1, job())
  await clock.advance(3_600_100)
  t.match(await scheduler.getJob(1), { last_outcome: 'succeeded' })
  t.match(webhooks.requests, [{ headers: { authorization: BEARER } }])
})

test('a run that is tried again uses the secrets of its own version', async (t) => {
  const { scheduler, clock, webhooks } = await create(t, overDays)
  webhooks.answer(() => ({ status: 404 }))
  await scheduler.createJob(job())
  await scheduler.run(1)
  await clock.advance(100)
  await scheduler.updateJob(1, {
    target: {
      type: 'http',
      url: 'https://x.example/hook',
      headers: { Authorization: { secret: 'Bearer new' }, 'X-Pin': { secret: SHORT } }
    }
  })
  webhooks.answer(() => ({}))
  await scheduler.retryRun(1)
  await clock.advance(100)
  t.match(await scheduler.getRun(1), { state: 'succeeded', attempt: 2, job_version: 1 })
  t.equal(webhooks.requests.at(-1)?.headers['authorization'], BEARER)
})

test('what was sealed for one job does not open for another', async (t) => {
  const { scheduler, clock, database } = await create(t)
  await scheduler.createJob(job())
  await scheduler.createJob({ name: 'thief', schedule: '@daily' })
  const { definition } = await database.query
    .selectFrom('carillon_jobs')
    .select('definition')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  await database.query
    .updateTable('carillon_jobs')
    .set({ definition, target: 'http' })
    .where('id', '=', 2)
    .execute()
  await scheduler.run(2)
  await clock.advance(100)
  t.match(await scheduler.listRuns({ filter: { jobId: 2 } }), [
    { state: 'failed', error: { code: 'secret_unreadable', message: /belongs to another job/ } }
  ])
})

test('rotation seals jobs and kept versions anew, and can be done again', async (t) => {
  const { scheduler, database, events, sent } = await create(t, { vault: vaultOf(OTHER, KEY) })
  const old = await createTestScheduler(t, { db: database, vault: vaultOf(KEY), start: false })
  for (let index = 0; index < 130; index++) await old.scheduler.createJob({ ...job(), key: null })
  await old.scheduler.createJob({ name: 'bare', schedule: '@daily', params: { sealed: 'v1.x' } })
  await old.scheduler.updateJob(1, { name: 'B' })
  await old.scheduler.deleteJob(2)
  const [before, updates] = [await scheduler.getJob(3), events('job_updated').length]
  const oldId = vaultOf(KEY).keyId ?? ''
  const vault = vaultOf(OTHER, KEY)
  t.strictSame([...(await countSealed(database, vault)).byKey], [[oldId, 131 * 3]])
  t.equal(await rotateSecrets(database, vault), 131 * 3)
  const after = await countSealed(database, vaultOf(OTHER))
  t.strictSame([...after.byKey], [[vault.keyId, 131 * 3]])
  t.strictSame(after.unreadable, [])
  t.equal(await rotateSecrets(database, vault), 0)
  t.strictSame(await scheduler.getJob(3), before, 'no version rises')
  t.equal(events('job_updated').length, updates)
  t.match(await sent(1), { authorization: BEARER })
})

test('rotation goes on where it was interrupted, and leaves what does not open', async (t) => {
  const { scheduler, database } = await create(t)
  for (let index = 0; index < 120; index++) await scheduler.createJob({ ...job(), key: null })
  const stranger = await createTestScheduler(t, {
    db: database,
    vault: vaultOf(Buffer.alloc(32, 5)),
    start: false
  })
  await stranger.scheduler.createJob({ ...job(), key: null })
  const vault = vaultOf(OTHER, KEY)
  let seals = 0
  const dying: Vault = {
    ...vault,
    seal: (secret, owner) => {
      if (++seals > 310) throw new Error('killed')
      return vault.seal(secret, owner)
    }
  }
  await t.rejects(rotateSecrets(database, dying), { message: 'killed' })
  const { byKey, unreadable } = await countSealed(database, vault)
  t.equal(byKey.get(vault.keyId ?? ''), 300, 'the page that was under way is undone')
  t.equal(byKey.get(vaultOf(KEY).keyId ?? ''), 60)
  t.equal(await rotateSecrets(database, vault), 60)
  t.equal(unreadable.length, 3)
  t.match(unreadable[0], /^Job 121: The secret in "target\./)
  t.equal((await countSealed(database, vault)).unreadable.length, 3)
})

/** The same database, where something happens before its next transaction. */
function beforeTransaction(db: Db, act: () => Promise<unknown>): Db {
  let isDue = true
  const watched = (query: Db['query']): Db['query'] =>
    new Proxy(query, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target)
        if (name === 'withPlugin') {
          return (plugin: KyselyPlugin) => watched(target.withPlugin(plugin))
        }
        if (name !== 'transaction' || !isDue) {
          return typeof value === 'function' ? value.bind(target) : value
        }
        isDue = false
        return () => ({
          execute: async (work: (trx: Db['query']) => Promise<unknown>) => {
            await act()
            return target.transaction().execute(work)
          }
        })
      }
    })
  return { ...db, query: watched(db.query) }
}

test('a job that changes between the look and the lock keeps the change', async (t) => {
  const { scheduler, database } = await create(t, { start: false })
  const { id } = await scheduler.createJob(job())
  const gone = await scheduler.createJob({ ...job(), key: null })
  const vault = vaultOf(OTHER, KEY)
  const db = beforeTransaction(database, async () => {
    await scheduler.updateJob(id, { name: 'changed' })
    await scheduler.deleteJob(gone.id)
  })
  t.equal(await rotateSecrets(db, vault), 3 + 3 + 3, 'both versions of one, and the deleted one')
  t.match(await scheduler.getJob(id), { name: 'changed', version: 2 })
  const { byKey } = await countSealed(database, vault)
  t.strictSame([...byKey.keys()], [vault.keyId])
  const renewed = await create(t, { db: database, vault: vaultOf(OTHER) })
  t.match(await renewed.sent(id), { authorization: BEARER })
})

test('a job that changes while its page is sealed anew keeps the change', async (t) => {
  const [db, same = db] = await createTestDatabases(t, 2)
  const { scheduler } = await create(t, { db, vault: vaultOf(OTHER, KEY), start: false })
  const old = await createTestScheduler(t, { db: same, vault: vaultOf(KEY), start: false })
  for (let index = 0; index < 20; index++) await old.scheduler.createJob({ ...job(), key: null })
  const vault = vaultOf(OTHER, KEY)
  const renamed = Array.from({ length: 20 }, (_, index) =>
    scheduler.updateJob(index + 1, { name: `renamed ${index + 1}` })
  )
  const [first, ...names] = await Promise.all([rotateSecrets(same, vault), ...renamed])
  t.ok(first > 0)
  t.equal(names.length, 20)
  await rotateSecrets(db, vault)
  const jobs = await scheduler.listJobs({ sort: 'id' })
  t.strictSame(
    jobs.map(({ name, version }) => [name, version]),
    jobs.map(({ id }) => [`renamed ${id}`, 2])
  )
  const { byKey } = await countSealed(db, vault)
  t.strictSame([...byKey.keys()], [vault.keyId])
  const { definition } = await db.query
    .selectFrom('carillon_jobs')
    .select('definition')
    .where('id', '=', 1)
    .executeTakeFirstOrThrow()
  t.equal(keyIdOf(JSON.parse(definition).target.secret.sealed), vault.keyId)
})
