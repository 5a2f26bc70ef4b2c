import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, open, writeFile } from 'node:fs/promises'
import { connect, createServer, type AddressInfo } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import Sqlite from 'better-sqlite3'
import { test, type Test } from 'tap'
import { createFolder, failToStart, isOver, launch, startService } from './helpers/service.ts'
import { createSink, SILENCE } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

const FILE = 'carillon.db'

/** A folder with a database that a service made. */
async function usedFolder(t: Test): Promise<string> {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  service.kill('SIGTERM')
  await service.exited
  return folder
}

interface BadStart {
  what: string
  env?: Record<string, string>
  flags?: string[]
  says: RegExp
  /** Makes the folder as it should not be. */
  spoil?: (t: Test, folder: string) => Promise<Record<string, string> | void>
}

const BAD_STARTS: BadStart[] = [
  {
    what: 'a locked database',
    says: /carillon\.db is locked by another process; stop that process/,
    spoil: async (t, folder) => {
      const holder = new Sqlite(path.join(folder, FILE))
      holder.exec('begin exclusive')
      t.teardown(() => holder.close())
    }
  },
  {
    what: 'a missing folder',
    env: { DATABASE_URL: 'sqlite:./no/such/carillon.db' },
    says: /no\/such does not exist; create it, or choose another path in DATABASE_URL/
  },
  {
    what: 'a database that has vanished',
    says: /carillon\.db is missing, but held a database \(created .*\); restore it, or delete/,
    spoil: async (_t, folder) => {
      await writeFile(path.join(folder, `${FILE}-id`), 'created 2026-01-01T00:00:00.000Z\n')
    }
  },
  {
    what: 'a database that was emptied',
    says: /carillon\.db is empty, but held a database/,
    spoil: async (_t, folder) => {
      await writeFile(path.join(folder, `${FILE}-id`), 'created 2026-01-01T00:00:00.000Z\n')
      await writeFile(path.join(folder, FILE), '')
    }
  },
  {
    what: 'a text file',
    says: /carillon\.db is not a SQLite database; choose another path/,
    spoil: (_t, folder) => writeFile(path.join(folder, FILE), 'to do: buy milk\n'.repeat(100))
  },
  {
    what: 'a folder of that name',
    says: /carillon\.db is a folder; DATABASE_URL must name a file/,
    spoil: async (_t, folder) => {
      await mkdir(path.join(folder, FILE))
    }
  },
  {
    what: 'a database of another application',
    says: /carillon\.db is a database of another application; choose another path/,
    spoil: async (_t, folder) => {
      const foreign = new Sqlite(path.join(folder, FILE))
      foreign.exec('create table notes (id integer)')
      foreign.close()
    }
  },
  { what: 'a port that is a word', env: { PORT: 'http' }, says: /"PORT" is "http", but must be/ },
  {
    what: 'a port out of range',
    env: { PORT: '70000' },
    says: /"PORT" is 70000, but must lie betw/
  },
  {
    what: 'a port in use',
    says: /EADDRINUSE.*another process listens there\. Choose another PORT/,
    spoil: async (t) => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      t.teardown(() => other.close())
      return { PORT: String((other.address() as AddressInfo).port) }
    }
  },
  {
    what: 'an unknown variable',
    env: { CARILLON_RETENTON_AGE: '1d' },
    says: /CARILLON_RETENTON_AGE is not a known variable\. Did you mean "CARILLON_RETENTION_AGE"\?/
  },
  {
    what: 'an unknown flag',
    flags: ['--prot=80'],
    says: /"--prot" is not a known flag\. Did you mean "--port"\?/
  },
  {
    what: 'an address that others can reach',
    env: { HOST: '0.0.0.0' },
    says: /HOST is "0\.0\.0\.0", which others may reach, .* no API key; make one with "carillon keys create", set CARILLON_API_KEY, or/
  },
  {
    what: 'an API key that is too short',
    env: { CARILLON_API_KEY: 'secret' },
    says: /CARILLON_API_KEY must be 32 to 512 .*; make one with "openssl rand -base64 32"\./
  },
  {
    what: 'proxies by their number',
    env: { CARILLON_TRUST_PROXY: '1' },
    says: /CARILLON_TRUST_PROXY has "1", but must be addresses and networks of proxies, /
  },
  {
    what: 'a rate limit that is no number',
    env: { CARILLON_RATE_LIMIT: '5/s' },
    says: /"CARILLON_RATE_LIMIT" is "5\/s", but must be an integer/
  },
  {
    what: 'another kind of database',
    env: { DATABASE_URL: 'mongodb://user:secret@host/db' },
    says: /DATABASE_URL must be such as .*"mongodb:" is not supported/
  }
]

/** One bad start: a line on stderr, nothing else, and the exit code of a failure. */
async function assertBadStart(t: Test, { what, env, flags, says, spoil }: BadStart): Promise<void> {
  const folder = await createFolder(t)
  const more = (await spoil?.(t, folder)) ?? {}
  const exit = await failToStart(t, { folder, env: { ...env, ...more }, flags: flags ?? [] })
  t.equal(exit.code, 1, what)
  t.match(exit.stderr, /^carillon: [^\n]*[.?]\n$/, `${what}: one line`)
  t.match(exit.stderr, says, what)
  t.notMatch(exit.stderr, 'secret', what)
}

test('what cannot work stops the start with one plain line', async (t) => {
  const left = [...BAD_STARTS]
  const work = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await assertBadStart(t, one)
  }
  await Promise.all([work(), work()])
})

test('a damaged database stops the start with one plain line', async (t) => {
  const folder = await usedFolder(t)
  const file = await open(path.join(folder, FILE), 'r+')
  await file.write(Buffer.alloc(8_192, 0x5a), 0, 8_192, 4_096)
  await file.close()
  const exit = await failToStart(t, { folder })
  t.equal(exit.code, 1)
  t.match(
    exit.stderr,
    /^carillon: [^\n]*carillon\.db is damaged[^\n]*restore it from a backup\.\n$/
  )
})

/**
 * The status of the answer to a request as it is on the wire, whatever a client would refuse to
 * send; null where the connection was closed without one.
 */
async function rawStatus(url: string, authorization: string): Promise<number | null> {
  const { hostname, port } = new URL(url)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => undefined)
  socket.write(`GET /jobs HTTP/1.1\r\nHost: ${hostname}\r\nConnection: close\r\n`)
  socket.write(`Authorization: ${authorization}\r\n\r\n`)
  let answer = ''
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString()
  })
  await new Promise((resolve) => socket.once('close', resolve))
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]
  return status === undefined ? null : Number(status)
}

test('with an API key it listens where others can reach it, and lets in who has the key', async (t) => {
  const key = 'k'.repeat(44)
  const folder = await createFolder(t)
  await writeFile(path.join(folder, 'api-key'), `${key}\n`)
  const env = { HOST: '0.0.0.0', CARILLON_API_KEY_FILE: 'api-key' }
  const { url, request, lines, kill, exited } = await startService(t, { folder, env })
  t.match(lines, [{ config: { host: '0.0.0.0', apiKey: '***' } }])
  t.equal((await request('GET /livez')).status, 200)
  t.equal((await request('GET /readyz')).status, 200)
  t.match(await request('GET /jobs'), { status: 401, body: { code: 'unauthorized' } })
  t.equal(await rawStatus(url, `Bearer ${key}`), 200)
  t.equal(await rawStatus(url, `Basic ${Buffer.from(`me:${key}`).toString('base64')}`), 200)
  t.equal(await rawStatus(url, `Bearer ${key}x`), 401)
  // These never reach a route: HTTP itself forbids the first, and its parser has a limit.
  t.equal(await rawStatus(url, `Bearer ${key}\0`), 400)
  t.equal(await rawStatus(url, `Bearer ${'x'.repeat(20 * 1024)}`), 431)
  // What is still on its way when the connection closes may take the answer with it.
  t.ok([431, null].includes(await rawStatus(url, `Bearer ${'x'.repeat(1024 * 1024)}`)))
  t.equal((await request('GET /livez')).status, 200)
  kill('SIGTERM')
  t.match(await exited, { code: 0, stderr: '' })
  t.notMatch(JSON.stringify(lines), key)
})

/** Root may write everywhere, so the service runs as somebody else then: nobody, by custom. */
const NOBODY = process.getuid?.() === 0 ? 65_534 : undefined

/** Whether that somebody can read the code, which may lie in a folder of root's own. */
const unreadable =
  NOBODY !== undefined &&
  spawnSync(process.execPath, ['-e', 'import(process.argv[1])', import.meta.resolve('kysely')], {
    uid: NOBODY,
    cwd: '/'
  }).status !== 0

test(
  'a database that is read-only stops the start with one plain line',
  { skip: unreadable && 'only root can read this folder' },
  async (t) => {
    const folder = await usedFolder(t)
    await chmod(path.join(folder, FILE), 0o444)
    await chmod(folder, 0o555)
    t.teardown(() => chmod(folder, 0o755))
    const as = NOBODY === undefined ? {} : { user: NOBODY }
    const exit = await failToStart(t, { folder, ...as })
    t.equal(exit.code, 1)
    t.match(
      exit.stderr,
      /^carillon: [^\n]*carillon\.db cannot be written to; check the perm[^\n]*\n$/
    )
  }
)

test('SIGTERM: ready turns red, what runs comes to its end, nothing new starts, exit code 0', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  t.equal((await service.request('GET /readyz')).status, 200)
  let answer: () => void = () => undefined
  sink.respondWith((response) => {
    answer = () => response.end('done')
  })
  const target = { type: 'http', url: sink.url }
  const job = await service.createJob({ schedule: '@yearly', target })
  const other = await service.createJob({ repeat_interval: '1s' })
  await service.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  service.kill('SIGTERM')
  await until('a red readyz', async () => (await service.request('GET /readyz')).status === 503)
  t.equal((await service.request('GET /livez')).status, 200)
  const before = (await service.listRuns(other.id)).length
  await until('the next second', async () => Date.now() > Date.parse(other.created_at) + 2_500)
  t.equal((await service.listRuns(other.id)).length, before)
  answer()
  t.match(await service.exited, { code: 0, signal: null, stderr: '' })
  const again = await startService(t, { folder, env: { CARILLON_AUTO_START: 'false' } })
  t.match(await again.listRuns(job.id), [
    { state: 'succeeded', attempt: 1, result: { body: 'done' } }
  ])
})

test('a second signal ends the process at once, and the next one takes up what was left', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const first = await startService(t, { folder })
  sink.respondWith(SILENCE, { body: 'ok' })
  const target = { type: 'http', url: sink.url }
  const job = await first.createJob({ schedule: '@yearly', target })
  await first.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  first.kill('SIGTERM')
  await until('a red readyz', async () => (await first.request('GET /readyz')).status === 503)
  first.kill('SIGTERM')
  t.match(await first.exited, { code: 1, signal: null })
  const second = await startService(t, { folder })
  const [run] = await until('the end of the run', async () => {
    const runs = await second.listRuns(job.id)
    return runs.every(isOver) ? runs : null
  })
  t.match(run, { state: 'succeeded', attempt: 2, fencing_token: 2 })
  t.match(run?.attempts, [{ outcome: 'crashed' }, { outcome: 'succeeded' }])
  t.strictSame(
    sink.requests.map((request) => request.headers['carillon-fencing-token']),
    ['1', '2']
  )
})

test('a signal ends a start that waits for its database', async (t) => {
  const silent = createServer()
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const connected = once(silent, 'connection')
  const { child, exited } = await launch(t, {
    env: { DATABASE_URL: `postgres://postgres@127.0.0.1:${port}/jobs` }
  })
  await connected
  child.kill('SIGTERM')
  t.match(await exited, { code: 0, signal: null })
})

test('what runs longer than the grace time is handed back, not lost', async (t) => {
  const sink = await createSink(t)
  const folder = await createFolder(t)
  const first = await startService(t, { folder, env: { CARILLON_STOP_GRACE: '100ms' } })
  sink.respondWith(SILENCE, { body: 'ok' })
  const target = { type: 'http', url: sink.url }
  const job = await first.createJob({ schedule: '@yearly', target })
  await first.request(`POST /jobs/${job.id}/run`)
  await sink.next()
  first.kill('SIGINT')
  t.match(await first.exited, { code: 0 })
  const second = await startService(t, { folder })
  const [run] = await until('the end of the run', async () => {
    const runs = await second.listRuns(job.id)
    return runs.every(isOver) ? runs : null
  })
  t.match(run, { state: 'succeeded', attempts: [{ outcome: 'interrupted' }, {}] })
})

test('a process that cannot listen hands back what it had begun', async (t) => {
  const sink = await createSink(t)
  sink.respondWith(SILENCE)
  const folder = await createFolder(t)
  const first = await startService(t, { folder })
  const target = { type: 'http', url: sink.url }
  const job = await first.createJob({ repeat_interval: '1s', target, overlap: 'queue_one' })
  await sink.next()
  first.kill('SIGKILL')
  await first.exited
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  const failed = await failToStart(t, { folder, env: { PORT: String(port) } })
  t.match(failed, { code: 1, stderr: /EADDRINUSE/ })
  other.close()
  const last = await startService(t, { folder, env: { CARILLON_AUTO_START: 'false' } })
  const runs = await last.listRuns(job.id)
  t.strictSame(
    runs.filter((run) => run.state === 'running'),
    []
  )
  const crashes = runs.flatMap((run) => run.attempts).filter((one) => one.outcome === 'crashed')
  t.equal(crashes.length, 1, 'the one of the process that was killed')
})

test('a target that misbehaves cannot hold the only slot beyond its deadline', async (t) => {
  const sink = await createSink(t)
  const service = await startService(t, { env: { CARILLON_MAX_CONCURRENT_RUNS: '1' } })
  const megabyte = Buffer.alloc(1024 * 1024)
  const drips: NodeJS.Timeout[] = []
  t.teardown(() => drips.forEach(clearInterval))
  sink.respondWith((response, { url }) => {
    if (url === '/drip') drips.push(setInterval(() => response.write('.'), 50))
    if (url === '/close') response.socket?.destroy()
    if (url === '/half') response.writeHead(200, { 'content-length': 10 }).end('x')
    if (url === '/good') response.end('ok')
    if (url !== '/gigabyte') return
    let left = 1024
    const pour = (): void => {
      while (left-- > 0) if (!response.write(megabyte)) return void response.once('drain', pour)
      response.end()
    }
    pour()
  })
  const ids: number[] = []
  for (const fault of ['silent', 'drip', 'gigabyte', 'close', 'half', 'good']) {
    const job = await service.createJob({
      name: fault,
      schedule: '@yearly',
      target: { type: 'http', url: `${sink.url}/${fault}` },
      timeout: '700ms',
      retry: { max_attempts: 1 }
    })
    ids.push(job.id)
    await service.request(`POST /jobs/${job.id}/run`)
  }
  const runs = await until('the end of all', async () => {
    const all = (await Promise.all(ids.map((id) => service.listRuns(id)))).flat()
    return all.length === ids.length && all.every(isOver) ? all : null
  })
  t.match(
    runs.map((run) => [run.state, run.error?.code]),
    [
      ['failed', 'timeout'],
      ['failed', 'timeout'],
      [/failed|succeeded/],
      ['failed', 'network'],
      ['failed', 'timeout'],
      ['succeeded', undefined]
    ]
  )
  t.equal((await service.request('GET /readyz')).status, 200)
})

test('a service that others can reach calls its own network only where it is told to', async (t) => {
  const sink = await createSink(t)
  const { port } = new URL(sink.url)
  // A name shows only at the call where it leads; an address is refused when it is written down.
  const target = { type: 'http', url: `http://localhost:${port}/` }
  const literal = { name: 'x', schedule: '@yearly', target: { type: 'http', url: sink.url } }
  const refused = { state: 'failed', error: { code: 'target_refused' } }
  const cases: readonly [allow: object, run: object][] = [
    [{}, refused],
    [{ CARILLON_TARGETS_ALLOW: `localhost:${port},127.0.0.1` }, { state: 'succeeded' }]
  ]
  for (const [allow, expected] of cases) {
    const env = { HOST: '0.0.0.0', ...allow }
    const service = await startService(t, { env, apiKey: 'k'.repeat(44) })
    const isAllowed = expected !== refused
    t.equal((await service.request('POST /jobs', literal)).status, isAllowed ? 201 : 400)
    const { id } = await service.createJob({ schedule: '@yearly', target })
    await service.request(`POST /jobs/${id}/run`)
    const run = await until('the end of the run', async () =>
      (await service.listRuns(id)).find(isOver)
    )
    t.match(run, expected)
  }
  t.equal(sink.requests.length, 1)
})
