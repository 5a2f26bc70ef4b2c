import type { RouteOptions } from 'fastify'
import type { Test } from 'tap'
import { createTestApp, type Answer, type TestApp } from '../helpers/app.ts'
import { giveBackDatabaseUrl, takeDatabaseUrl } from '../helpers/database-stock.ts'
import {
  hostileBodies,
  hostileParameters,
  hostileTexts,
  type HostileRequest
} from '../helpers/hostile.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'

/** The service on the database of the test, with a job 1, and without a cache that would hide what is stored. */
async function createService(t: Test): Promise<TestApp> {
  const kind = kindOf(t)
  const url = kind === 'sqlite' ? 'sqlite::memory:' : await takeDatabaseUrl(kind)
  if (kind !== 'sqlite') t.teardown(() => giveBackDatabaseUrl(kind, url))
  const config = { database: url, cacheJobs: 0, allowCommands: true }
  const service = await createTestApp(t, { config })
  await service.createJob({ name: 'first' })
  return service
}

/** Of a stack, of the names of tables, of what databases say; variables, in capitals, may be told. */
const LEAKS =
  /\bat \S+ \(|\.[jt]s:\d+|carillon_[a-z]\w*|SQLITE|ER_[A-Z_]{4,}|[Ss]yntax error|[Kk]ysely/

/** What is read under another name than it is sent. */
const READ_AS: Readonly<Record<string, string>> = {
  reason: 'pause_reason',
  until: 'paused_until',
  count: 'skip_next'
}
const NOT_OF_A_JOB = new Set(['bulk_jobs', 'resume_job', 'run_job'])

const FILLED_IN = new Set<string | number>(['dst', 'retry'])

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((part, name) => Object(part)[name], value)
}

/** The job that an answer tells of. */
function jobIdOf(body: unknown): number | null {
  const { id, version, changes } = Object(body)
  if (Array.isArray(changes)) return changes[0]?.id ?? null
  return typeof id === 'number' && typeof version === 'number' ? id : null
}

/** Sends a request, and says what is wrong with how it was answered; null when nothing is. */
async function send(
  service: TestApp,
  one: HostileRequest
): Promise<{ status: number; fault: string | null }> {
  const { operation, method, url, headers, payload } = one
  const body = payload !== undefined && { payload }
  const answer = await service.request(`${method} /`, undefined, { url, headers, ...body })
  const fault = wrongIn(answer) ?? (await lostOf(service, one, answer))
  if (fault === null) return { status: answer.status, fault }
  const what = [url, JSON.stringify(headers), String(payload)].map((text) => text.slice(0, 200))
  return { status: answer.status, fault: `${fault}: ${operation} ${what.join(' ')}` }
}

function wrongIn({ status, text }: Answer): string | null {
  if (status >= 500) return text
  return status >= 400 && LEAKS.test(text) ? `It leaks: ${text}` : null
}

/** What was taken, but is not there as it was sent. */
async function lostOf(
  service: TestApp,
  { operation, url, sent }: HostileRequest,
  { status, body }: Answer
): Promise<string | null> {
  const id = status < 300 && !url.includes('dry_run') ? jobIdOf(body) : null
  if (id === null || sent === null || NOT_OF_A_JOB.has(operation)) return null
  const [name, ...rest] = operation === 'apply_jobs' ? sent.path.slice(2) : sent.path
  // Null stands for the default, and a whole of parts is filled in; -0 is the number 0.
  if (name === undefined || sent.value === null) return null
  if (FILLED_IN.has(name) && rest.length === 0) return null
  const job = (await service.request(`GET /jobs/${id}`)).body
  const got = JSON.stringify(valueAt(job, [READ_AS[name] ?? name, ...rest]))
  return got === JSON.stringify(sent.value) ? null : `${name} came back as ${got}`
}

type Attack = (route: RouteOptions) => Iterable<HostileRequest>

/**
 * What SQLite did not refuse. Whether something is refused for what it is does not depend on the
 * database, so that the others are not asked again.
 */
const taken = new Map<Attack, HostileRequest[]>()

function* everyRequest({ routes }: TestApp, attackOf: Attack): Iterable<HostileRequest> {
  for (const route of routes) {
    // A stream has no end; what it takes has tests of its own.
    if (route.method === 'HEAD' || route.config?.operation === 'follow_events') continue
    yield* attackOf(route)
  }
}

/** The faults of an attack on all routes. */
async function attack(t: Test, attackOf: Attack): Promise<string[]> {
  const service = await createService(t)
  const faults: string[] = []
  const notRefused: HostileRequest[] = []
  for (const one of taken.get(attackOf) ?? everyRequest(service, attackOf)) {
    const { status, fault } = await send(service, one)
    if (fault !== null) faults.push(fault)
    if (status !== 400) notRefused.push(one)
  }
  if (kindOf(t) === 'sqlite') taken.set(attackOf, notRefused)
  t.ok(notRefused.length > 0, 'something was taken')
  return faults.slice(0, 20)
}

for (const [what, attackOf] of [
  ['fields of bodies', hostileBodies],
  ['bodies', hostileTexts],
  ['paths, queries and headers', hostileParameters]
] as const) {
  test(`hostile ${what} are refused, or kept to the last bit`, async (t) => {
    t.strictSame(await attack(t, attackOf), [])
    t.notOk('polluted' in {}, 'no prototype was touched')
  })
}

test('bytes that are no UTF-8 are refused, rather than kept as other ones', async (t) => {
  const { request } = await createService(t)
  const headers = { 'content-type': 'application/json' }
  const post = (name: readonly number[]) => {
    const parts = ['{"schedule":"@daily","name":"', Buffer.from(name), '"}']
    const payload = Buffer.concat(parts.map((part) => Buffer.from(part)))
    return request('POST /jobs', undefined, { payload, headers })
  }
  for (const bytes of [[0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82]]) {
    const { status, text } = await post(bytes)
    t.equal(status, 400)
    t.match(text, /bytes that are not UTF-8; encode it as UTF-8/)
  }
  t.match((await post([0xf0, 0x9f, 0x98, 0x80])).body, { name: '\u{1f600}' })
})
