import { randomBytes } from 'node:crypto'
import { t as file, test, type Test } from 'tap'
import { runCommand } from '../helpers/command.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { isOver, startService } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

/** Many starts of a process, on a machine that may have other things to do. */
file.setTimeout(300_000)

const newKey = (): string => randomBytes(32).toString('base64')
const SECRET = { secret: 'Bearer 5f1d8c0e-4711-6789' }

/** A job that calls that URL with a secret header. */
const jobFor = (url: string) => ({
  schedule: '@yearly',
  target: { type: 'http', url, headers: { Authorization: SECRET } }
})

async function rotate(t: Test, env: Record<string, string>, ...flags: string[]) {
  const { code, stdout, stderr } = await runCommand(t, {
    flags: ['secrets', 'rotate', ...flags],
    env
  })
  return { code, stdout, stderr }
}

testOnDatabases(
  'secrets are sealed with a new key while a service goes on',
  DATABASE_KINDS,
  async (t, kind) => {
    const sink = await createSink(t)
    const url = await createDatabaseUrl(t, kind)
    const [old, current, other] = [newKey(), newKey(), newKey()]
    const keys = { CARILLON_SECRET_KEY: current, CARILLON_PREVIOUS_SECRET_KEY: old }
    const before = await startService(t, { env: { DATABASE_URL: url, CARILLON_SECRET_KEY: old } })
    const { id } = await before.createJob(jobFor(sink.url))
    await before.request(`PATCH /jobs/${id}`, { name: 'renamed' })
    before.kill('SIGTERM')
    await before.exited

    const service = await startService(t, { env: { DATABASE_URL: url, ...keys } })
    const send = async (of: typeof service) => {
      await of.request(`POST /jobs/${id}/run`)
      await until('the run', async () => (await of.listRuns(id)).every(isOver))
      return (await sink.next()).headers['authorization']
    }
    t.equal(await send(service), SECRET.secret)
    t.match(await rotate(t, { DATABASE_URL: url, ...keys }, '--check'), {
      code: 0,
      stdout: /^2 secrets are sealed with the key [\da-f]{8}\.\n$/
    })
    t.match(await rotate(t, { DATABASE_URL: url, CARILLON_SECRET_KEY: current }, '--check'), {
      code: 1,
      stderr:
        /2 secrets are not to be opened .*\n {2}Job \d+: The secret in .*\n {2}Version 1 of job/
    })
    t.match(await rotate(t, { ...keys }, '--database', url), {
      code: 0,
      stdout:
        /^2 secrets are sealed anew, with the key (\w+)\.\n2 secrets are .* \1, the current one\.\n$/
    })
    t.match(await rotate(t, { DATABASE_URL: url, ...keys }), {
      stdout: /^0 secrets are sealed anew/
    })
    t.equal(await send(service), SECRET.secret, 'the service goes on with what is sealed anew')
    t.match(await service.request(`GET /jobs/${id}`), { body: { version: 2 } })
    service.kill('SIGTERM')
    await service.exited

    const env = { DATABASE_URL: url, CARILLON_SECRET_KEY: current }
    const after = await startService(t, { env })
    t.equal(await send(after), SECRET.secret, 'without the old key')
    t.match(await rotate(t, { DATABASE_URL: url, CARILLON_SECRET_KEY: other }), {
      code: 1,
      stderr: /not to be opened/
    })
    t.equal(await send(after), SECRET.secret, 'what a wrong key does not open is left as it is')
  }
)

test('what cannot be rotated is told in a sentence', async (t) => {
  const url = await createDatabaseUrl(t, 'sqlite')
  const service = await startService(t, { env: { DATABASE_URL: url } })
  service.kill('SIGTERM')
  await service.exited
  const env = { DATABASE_URL: url }
  t.match(await rotate(t, env), { code: 2, stderr: /set CARILLON_SECRET_KEY/ })
  t.match(await rotate(t, env, '--check'), { code: 0, stdout: 'Nothing is sealed.\n' })
  t.match(await rotate(t, env, 'now'), { code: 2, stderr: /takes flags alone/ })
  const secrets = (...flags: string[]) => runCommand(t, { flags: ['secrets', ...flags], env })
  t.match(await secrets(), { code: 2, stderr: /"carillon secrets rotate"/ })
  t.match(await secrets('rotat'), { code: 2, stderr: /Did you mean "rotate"/ })
  const empty = await createDatabaseUrl(t, 'sqlite')
  t.match(await rotate(t, { DATABASE_URL: empty, CARILLON_SECRET_KEY: newKey() }), {
    code: 1,
    stderr: /run "carillon migrate"/
  })
})

testOnDatabases('a copied job keeps its secrets', ['postgres', 'mysql'], async (t, kind) => {
  const sink = await createSink(t)
  const [from, to] = [await createDatabaseUrl(t, 'sqlite'), await createDatabaseUrl(t, kind)]
  const key = { CARILLON_SECRET_KEY: newKey() }
  const source = await startService(t, { env: { DATABASE_URL: from, ...key } })
  const { id } = await source.createJob(jobFor(sink.url))
  source.kill('SIGTERM')
  await source.exited
  const env = { FROM_DATABASE_URL: from, DATABASE_URL: to }
  t.match(await runCommand(t, { flags: ['copy'], env }), { code: 0 })
  const copy = await startService(t, { env: { DATABASE_URL: to, ...key } })
  await copy.request(`POST /jobs/${id}/run`)
  t.equal((await sink.next()).headers['authorization'], SECRET.secret)
})
