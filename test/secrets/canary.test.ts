/** Secrets are put wherever they may be, everything that can be asked is asked, and nothing shows them. */
import { execFileSync } from 'node:child_process'
import { randomBytes, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'kysely'
import { t as file, type Test } from 'tap'
import openapi from '../../openapi.json' with { type: 'json' }
import { openDatabase } from '../../src/store/open.ts'
import { createCanaries } from '../helpers/canaries.ts'
import { runCommand } from '../helpers/command.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import {
  administer,
  createServerDatabase,
  DATABASE_KINDS,
  type DatabaseKind,
  type ServerKind
} from '../helpers/server-databases.ts'
import { createFolder, isOver, startService } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const random = (bytes: number): string => randomBytes(bytes).toString('base64')

/** Secrets that nobody else has. */
const SECRETS = {
  signing: `whsec_${random(32)}`,
  olderSigning: `whsec_${random(24)}`,
  header: `Bearer ${random(24)}`,
  shortHeader: `pin-${random(9)}`,
  badSigning: `whsec_${random(12)}`,
  apiKey: random(30),
  secretKey: random(32),
  previousSecretKey: random(32),
  // As it is written in a URL.
  password: randomBytes(20).toString('hex'),
  proxyPassword: randomBytes(20).toString('hex')
}
const canaries = createCanaries(SECRETS)

/** Where the service keeps everything, its password in the URL where there is one. */
async function databaseFor(t: Test, kind: DatabaseKind, folder: string): Promise<string> {
  if (kind === 'sqlite') return `sqlite:${path.join(folder, 'carillon.db')}`
  const { url, drop } = await createServerDatabase(kind)
  const user = `canary_${randomUUID().slice(0, 8)}`
  await createUser(kind, user)
  t.teardown(async () => {
    await drop()
    await administer(kind, kind === 'postgres' ? `drop role ${user}` : `drop user ${user}`)
  })
  const own = new URL(url)
  own.username = user
  own.password = SECRETS.password
  return own.href
}

async function createUser(kind: ServerKind, user: string): Promise<void> {
  if (kind === 'postgres') {
    await administer(kind, `create role ${user} superuser login password '${SECRETS.password}'`)
    return
  }
  await administer(kind, `create user ${user}@'%' identified by '${SECRETS.password}'`)
  await administer(kind, `grant all on *.* to ${user}@'%'`)
}

/** Every row of every table, whosever it is. */
async function dump(url: string): Promise<string> {
  const database = await openDatabase(url)
  try {
    const tables = await database.query.introspection.getTables({
      withInternalKyselyTables: true
    })
    const rows: unknown[] = []
    for (const { name } of tables) {
      rows.push(name, (await sql`select * from ${sql.table(name)}`.execute(database.query)).rows)
    }
    return JSON.stringify(rows)
  } finally {
    await database.close()
  }
}

/** The call of a path as the API describes it, such as "GET /jobs/{id}". */
function described(method: string, url: string): string | undefined {
  const [asked = ''] = url.split('?')
  const candidates = Object.entries(openapi.paths).filter(([template, operations]) => {
    const pattern = new RegExp(`^${template.replaceAll(/\{\w+\}/g, '[^/]+')}$`)
    return pattern.test(asked) && method.toLowerCase() in operations
  })
  const [first] = candidates.sort(
    ([one], [other]) => one.split('{').length - other.split('{').length
  )
  return first === undefined ? undefined : `${method} ${first[0]}`
}

testOnDatabases('no secret is shown anywhere', DATABASE_KINDS, async (t, kind) => {
  const folder = await createFolder(t)
  const sink = await createSink(t)
  const databaseUrl = await databaseFor(t, kind, folder)
  const env = {
    DATABASE_URL: databaseUrl,
    CARILLON_PUBLIC_URL: `https://ops:${SECRETS.proxyPassword}@jobs.example.com`,
    CARILLON_SECRET_KEY: SECRETS.secretKey,
    CARILLON_PREVIOUS_SECRET_KEY: SECRETS.previousSecretKey,
    LOG_LEVEL: 'trace'
  }
  const service = await startService(t, { folder, env, apiKey: SECRETS.apiKey })

  const seen: { where: string; text: string }[] = []
  const note = (where: string, text: string): void => void seen.push({ where, text })
  const called = new Set<string>()

  const ask = async (call: string, body?: unknown, more: Record<string, string> = {}) => {
    const [method = '', url = ''] = call.split(' ')
    called.add(described(method, url) ?? call)
    const response = await fetch(service.url + url, {
      method,
      headers: {
        authorization: `Bearer ${SECRETS.apiKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const answer = await response.text()
    note(`${call} -> ${response.status}`, answer + JSON.stringify([...response.headers]))
    return { status: response.status, body: /^[[{]/.test(answer) ? JSON.parse(answer) : answer }
  }

  const events = new AbortController()
  called.add('GET /events')
  const listen = async (): Promise<void> => {
    const { body } = await fetch(
      `${service.url}/events?topics=jobs,runs,stats,replicas,scheduling,output`,
      {
        headers: { authorization: `Bearer ${SECRETS.apiKey}` },
        signal: events.signal
      }
    )
    const decoder = new TextDecoder()
    for await (const chunk of body ?? []) note('GET /events', decoder.decode(chunk))
  }
  const listening = listen().catch(() => undefined)

  const target = {
    type: 'http',
    url: `${sink.url}/hook`,
    headers: {
      Authorization: { secret: SECRETS.header },
      'X-Pin': { secret: SECRETS.shortHeader }
    },
    secret: [SECRETS.signing, SECRETS.olderSigning]
  }
  const job = { key: 'canary', name: 'Canary', schedule: '0 0 1 1 *', target }

  // What is written, and what it answers.
  const key = { 'idempotency-key': randomUUID() }
  const created = await ask('POST /jobs', job, key)
  t.equal(created.status, 201)
  const { id } = created.body
  t.equal((await ask('POST /jobs', job, key)).status, 201, 'replayed')
  for (const [call, body] of [
    ['POST /jobs?dry_run=true', { ...job, key: 'other' }],
    [`PUT /jobs/${id}`, job],
    [`PUT /jobs/${id}?dry_run=true`, { ...job, name: 'B' }],
    ['PUT /jobs/by-key/canary', job],
    [`PATCH /jobs/${id}`, { target: { headers: { 'X-Pin': { secret: SECRETS.header } } } }],
    [`PATCH /jobs/${id}`, { target: { headers: { 'X-Pin': { secret: SECRETS.shortHeader } } } }],
    [`PATCH /jobs/${id}?dry_run=true`, { target: { secret: SECRETS.olderSigning } }],
    ['POST /jobs/apply', { jobs: [{ ...job, name: 'Applied' }] }],
    ['POST /jobs/apply', { jobs: [job, { ...job, key: 'second' }], dry_run: true }],
    [
      'POST /jobs/apply?dry_run=true',
      { jobs: [{ ...job, target: { ...target, secret: undefined } }] }
    ],
    ['POST /jobs/bulk', { filter: { all: true }, action: 'tag', add_tags: ['x'] }],
    [`POST /jobs/${id}/pause`, { reason: 'why' }],
    [`POST /jobs/${id}/resume`, {}],
    [`POST /jobs/${id}/skip`, { count: 1 }],
    [`POST /jobs/${id}/run?dry_run=true`, {}],
    [`POST /jobs/${id}/run`, {}],
    [`POST /jobs/${id}/backfill`, { from: '2025-12-01T00:00:00Z', to: '2026-02-01T00:00:00Z' }],
    ['POST /schedules/preview', { schedule: '@daily' }],
    ['POST /targets/test', { target }],
    ['POST /targets/test', { target: created.body.target, job_id: id }],
    ['POST /import/crontab?dry_run=true', { crontab: '@daily curl http://localhost/' }],
    ['POST /import/crontab', { crontab: '@daily curl http://localhost/' }],
    ['POST /keys', { name: 'Canary', scopes: ['read'] }],
    ['POST /system/pause', { reason: 'why' }],
    ['POST /system/resume', {}],
    ['POST /system/prune', {}]
  ] as const) {
    const { status, body: answer } = await ask(call, body)
    if (call.includes('apply')) continue
    t.ok(status < 300, `${call} -> ${status} ${JSON.stringify(answer)}`)
  }

  // What is refused, with secrets in all the wrong places.
  for (const [call, body] of [
    ['POST /jobs', { ...job, key: null, target: { ...target, secret: SECRETS.badSigning } }],
    ['POST /jobs', { ...job, key: null, target: { ...target, secret: { of: SECRETS.signing } } }],
    ['POST /jobs', { ...job, key: null, target: { ...target, secret: [1, SECRETS.signing] } }],
    ['POST /jobs', { ...job, key: null, target: { ...target, headers: [SECRETS.header] } }],
    ['POST /jobs', { ...job, key: null, target: { ...target, headers: { A: [SECRETS.header] } } }],
    [
      'POST /jobs',
      { ...job, key: null, target: { ...target, headers: { A: { secrets: SECRETS.header } } } }
    ],
    [
      'POST /jobs',
      {
        ...job,
        key: null,
        target: { ...target, headers: { A: { secret: `${SECRETS.header}\n` } } }
      }
    ],
    ['POST /jobs', { ...job, key: null, target: { ...target, type: 'htpp' } }],
    ['POST /jobs', { ...job, key: null, target: SECRETS.signing }],
    ['POST /jobs', { ...job, key: null, secret: SECRETS.header }],
    ['POST /jobs', { ...job, key: null, schedule: { authorization: SECRETS.header } }],
    ['POST /jobs', `{"target":{"secret":"${SECRETS.signing}"x}}`],
    ['POST /jobs', job],
    ['POST /jobs/apply', { jobs: [{ ...job, target: { ...target, secret: SECRETS.badSigning } }] }],
    ['POST /targets/test', { target: { ...target, secret: SECRETS.badSigning } }],
    ['POST /targets/test', { target: { ...target, url: `ftp://x:${SECRETS.password}@y` } }],
    [`PATCH /jobs/${id}`, { target: { secret: '***0000' } }],
    [`PUT /jobs/${id}`, { ...job, target: { ...target, url: `ftp://x:${SECRETS.password}@y` } }]
  ] as const) {
    const { status } = await ask(call, body)
    t.ok(status >= 400 && status < 500, `${call} -> ${status}`)
  }
  await ask('GET /nothing', undefined, { cookie: SECRETS.header })
  await ask('POST /jobs', job, { 'content-type': 'text/plain' })
  await ask('GET /jobs', undefined, { authorization: `Bearer ${SECRETS.secretKey}` })

  // What runs: well, refused, and where nobody is.
  await sink.next()
  sink.respondWith({ status: 404 })
  await ask(`POST /jobs/${id}/run`, { overlap: 'allow' })
  await ask(`PATCH /jobs/${id}`, { retry: { max_attempts: 1 } })
  const nowhere = { url: 'http://127.0.0.1:1/?pass=word', headers: target.headers }
  t.equal((await ask(`PATCH /jobs/${id}`, { target: nowhere })).status, 200)
  await ask(`POST /jobs/${id}/run`, { overlap: 'allow' })
  await until('the runs', async () => (await service.listRuns(id)).every(isOver))
  const runs = await service.listRuns(id)
  t.ok(runs.some(({ state }) => state === 'succeeded'))
  const failed = runs.find(({ error }) => error?.code === 'network')
  t.notMatch(failed?.error?.message, /pass|word/)

  for (const call of [
    'GET /jobs',
    `GET /jobs/${id}`,
    'GET /jobs/export',
    `GET /jobs/${id}/runs`,
    `GET /jobs/${id}/next`,
    `GET /jobs/activity?ids=${id}`,
    `GET /jobs/${id}/changes`,
    `GET /jobs/${id}/explain?at=${new Date().toISOString()}`,
    `GET /runs/${runs[0]?.id}`,
    `GET /runs/${failed?.id}/request?attempt=1`,
    `GET /runs/${failed?.id}/logs`,
    `GET /runs/${failed?.id}/neighbours`,
    'GET /runs',
    'GET /runs/hourly',
    'GET /changes',
    'GET /access',
    'GET /keys',
    'GET /keys/1',
    'DELETE /keys/1',
    'GET /forecast',
    'GET /system',
    'GET /metrics',
    'GET /livez',
    'GET /readyz',
    'GET /openapi.json',
    'GET /docs',
    'GET /problems',
    'GET /problems/secrets_not_configured',
    `POST /runs/${runs[0]?.id}/cancel`,
    `POST /runs/${failed?.id}/retry`,
    'DELETE /jobs/999999'
  ]) {
    await ask(call)
  }
  await ask('POST /runs/bulk', { action: 'retry', filter: { job_id: id, state: 'failed' } })
  const operations = Object.entries(openapi.paths).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}`)
  )
  t.strictSame(
    operations.filter((operation) => operation !== 'DELETE /jobs/{id}' && !called.has(operation)),
    [],
    'every route was asked'
  )

  // The command line, and what others on the machine can list.
  note('ps', execFileSync('ps', ['-o', 'args=', '-p', String(service.pid)]).toString())
  const clientEnv = { ...env, CARILLON_URL: service.url }
  await writeFile(
    path.join(folder, 'bad.json'),
    JSON.stringify({ jobs: [{ ...job, target: { ...target, secret: SECRETS.badSigning } }] })
  )
  for (const flags of [
    ['config'],
    ['system'],
    ['config', '--secret-key', SECRETS.badSigning],
    ['jobs', '--json'],
    ['jobs', 'show', String(id)],
    ['runs', '--json'],
    ['export'],
    ['apply', 'bad.json'],
    ['secrets', 'rotate', '--check']
  ]) {
    const { stdout, stderr } = await runCommand(t, {
      folder,
      flags,
      env: clientEnv,
      apiKey: SECRETS.apiKey
    })
    note(`carillon ${flags.slice(0, 2).join(' ')}`, stdout + stderr)
  }
  await runCommand(t, { folder, flags: ['secrets', 'rotate'], env }).then(({ stdout, stderr }) =>
    note('carillon secrets rotate', stdout + stderr)
  )

  // What a job logs of its params, which are not secret but may look as if they were.
  const params = { deep: [{ authorization: 'logged-canary' }], secret: 'logged-canary' }
  const logging = await service.createJob({ schedule: '@yearly', params })
  await service.request(`POST /jobs/${logging.id}/run`)
  await until('the line', async () => service.lines.some((line) => line['job_id'] === logging.id))

  // What is kept, before the last of it and after.
  note('the tables', await dump(databaseUrl))
  noteFiles(folder, note)
  await ask(`DELETE /jobs/${id}`)
  events.abort()
  await listening
  service.kill('SIGTERM')
  const { stderr } = await service.exited
  t.notMatch(JSON.stringify(service.lines), 'logged-canary')
  note('the log', JSON.stringify(service.lines) + stderr)
  note('the tables in the end', await dump(databaseUrl))
  noteFiles(folder, note)

  t.ok(service.lines.length > 5 && seen.length > 60, 'there was something to look through')
  const found = seen.flatMap(({ where, text }) =>
    canaries.findIn(text).map((one) => `${where}: ${one}`)
  )
  t.strictSame(found, [])
  t.ok(
    sink.requests.some(({ headers }) => headers['authorization'] === SECRETS.header),
    'but the target got it'
  )
})

/** Every file of the database, byte by byte. */
function noteFiles(folder: string, note: (where: string, text: string) => void): void {
  for (const name of readdirSync(folder).filter((one) => one.startsWith('carillon.db'))) {
    note(name, readFileSync(path.join(folder, name), 'latin1'))
  }
}
