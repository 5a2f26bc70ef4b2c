import { existsSync } from 'node:fs'
import path from 'node:path'
import type { Test } from 'tap'
import { createDatabaseUrl } from '../helpers/server-databases.ts'
import { runCommand } from '../helpers/command.ts'
import { kindOf, test } from '../helpers/on-every-database.ts'
import { createFolder, startService } from '../helpers/service.ts'

/** `carillon keys` on an empty database of the test's kind. */
async function createCommands(t: Test) {
  const folder = await createFolder(t)
  const kind = kindOf(t)
  const database = kind === 'sqlite' ? 'sqlite:./carillon.db' : await createDatabaseUrl(t, kind)
  const env = { DATABASE_URL: database }
  const keys = async (...flags: string[]) => {
    const exit = await runCommand(t, { folder, env, flags: ['keys', ...flags] })
    const out =
      exit.stdout.startsWith('{') || exit.stdout.startsWith('[') ? JSON.parse(exit.stdout) : null
    return { ...exit, out }
  }
  return { folder, env, keys }
}

test('the first key is made on an empty database, and opens a service that others reach', async (t) => {
  const { folder, env, keys } = await createCommands(t)
  const made = await keys('create', '--name', 'ops', '--scopes', 'admin')
  t.match(made, { code: 0, stderr: /^This is key 1\. It is shown here and never again; .*\.\n$/ })
  t.match(made.stdout, /^car_1_[\w-]{43}\n$/, 'alone on its line')
  const ci = await keys(
    'create',
    '--name',
    'ci',
    '--scopes',
    'read, run',
    '--expires',
    '90d',
    '--json'
  )
  t.match(ci, {
    code: 0,
    stderr: '',
    out: { id: 2, key: /^car_2_/, scopes: ['read', 'run'], created_by: 'command line' }
  })
  t.equal(Date.parse(ci.out.expires_at) - Date.parse(ci.out.created_at), 90 * 86_400_000)

  const service = await startService(t, { folder, env: { ...env, HOST: '0.0.0.0' } })
  const statusOf = async (key: string, call = '/jobs') => {
    const { status } = await fetch(service.url + call, {
      headers: { authorization: `Bearer ${key}` }
    })
    return status
  }
  t.equal((await service.request('GET /jobs')).status, 401)
  t.equal(await statusOf(made.stdout.trim()), 200)
  t.equal(await statusOf(ci.out.key), 200)
  t.equal(await statusOf(ci.out.key, '/keys'), 403)

  t.match(await keys('revoke', '2'), { code: 0, out: { id: 2, revoked_at: /^\d/ } })
  t.equal(await statusOf(ci.out.key), 401, 'at once, without a word to the service')
  t.match(await keys('list'), {
    code: 0,
    out: [
      { id: 2, revoked_at: /^\d/ },
      { id: 1, name: 'ops', revoked_at: null }
    ]
  })
  t.notMatch(JSON.stringify([await keys(), service.lines]), made.stdout.trim())
  await keys('revoke', '1')
  t.equal(
    (await service.request('GET /jobs')).status,
    401,
    'the last key that is revoked opens nothing'
  )
})

interface Wrong {
  flags: string[]
  code: number
  says: RegExp
}

const WRONG: readonly Wrong[] = [
  { flags: ['create'], code: 2, says: /"keys create" needs "--name"/ },
  { flags: ['create', '--name', 'x'], code: 2, says: /needs "--scopes": some of read, write, run/ },
  { flags: ['create', '--name', 'x', '--scopes', ''], code: 2, says: /"--scopes" has ""/ },
  {
    flags: ['create', '--name', 'x', '--scopes', 'read,rum'],
    code: 2,
    says: /Did you mean "run"\?/
  },
  {
    flags: ['create', '--name', 'x', '--scopes', 'read', '--expires', 'soon'],
    code: 2,
    says: /"--expires" is "soon", but must be a duration such as "90d"/
  },
  {
    flags: ['create', '--name', 'x', '--scope', 'read'],
    code: 2,
    says: /Did you mean "--scopes"\?/
  },
  { flags: ['create', '--name', 'x', '--scopes', 'read,read'], code: 1, says: /only once/ },
  { flags: ['make'], code: 2, says: /"keys make" is no command\./ },
  { flags: ['revoke'], code: 2, says: /"keys revoke" needs the id of a key/ },
  { flags: ['revoke', 'car_7_secret'], code: 2, says: /needs ids, such as 7/ },
  { flags: ['revoke', '7'], code: 1, says: /There is no API key 7\./ },
  {
    flags: ['create', '--database', 'mongodb://x/y', '--name', 'x', '--scopes', 'read'],
    code: 2,
    says: /not supported/
  }
]

test('what is wrong is said in one line, and nothing is made', async (t) => {
  const { keys } = await createCommands(t)
  t.match(await keys('create', '--name', 'ops', '--scopes', 'admin'), { code: 0 })
  for (const { flags, code, says } of WRONG) {
    const exit = await keys(...flags)
    t.match(exit, { code, stdout: '', stderr: says }, flags.join(' '))
    t.match(exit.stderr, /^carillon: [^\n]+\n$/, flags.join(' '))
    t.notMatch(exit.stderr, /secret/)
  }
  t.equal((await keys('list')).out.length, 1)
})

test('to look for keys makes no database', async (t) => {
  const { folder, keys } = await createCommands(t)
  for (const flags of [['list'], ['revoke', '1']])
    t.match(await keys(...flags), { code: 1, stdout: '' })
  t.notOk(existsSync(path.join(folder, 'carillon.db')))
})
