import path from 'node:path'
import process from 'node:process'
import SqliteDriver from 'better-sqlite3'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import carillon from '../../index.ts'
import { DAILY, MEMORY, UNDER_PREFIX } from '../helpers/host.ts'
import { ROOT } from '../helpers/markdown.ts'
import { runToEnd, type Ended } from '../helpers/processes.ts'
import { createFolder } from '../helpers/service.ts'

/** The URL of a file that is not there yet, and whether nobody holds it. */
async function createFile(t: Test) {
  const file = path.join(await createFolder(t), 'jobs.db')
  const isFree = (): boolean => {
    const own = new SqliteDriver(file, { timeout: 0 })
    try {
      own.pragma('locking_mode = exclusive')
      own.exec('begin exclusive; rollback')
      return own.pragma('journal_mode = delete', { simple: true }) === 'delete'
    } catch {
      return false
    } finally {
      own.close()
    }
  }
  return { url: `sqlite:${file}`, isFree }
}

/** Runs a program of a host in a process of its own; it must come to its end by itself. */
function runHost(program: string, url: string): Promise<Ended> {
  const code = `
    import process from 'node:process'
    import Fastify from 'fastify'
    import carillon from './index.ts'
    const url = ${JSON.stringify(url)}
    const host = Fastify()
    ${program}`
  return runToEnd(process.execPath, ['--input-type=module', '-e', code], { cwd: ROOT })
}

/** What a host does, and what it prints before its process ends by itself. */
const PROGRAMS: readonly [promise: string, program: string, prints: RegExp][] = [
  [
    'a host that closes lets its process end',
    `await host.register(carillon, { database: url })
     await host.listen({ port: 0 })
     const { id } = await host.scheduler.createJob({ name: 'n', schedule: '@daily' })
     await host.scheduler.run(id)
     await host.close()
     console.log('closed')`,
    /^closed$/
  ],
  [
    'no handler of the process is taken, neither for signals nor for errors',
    `const counted = () => JSON.stringify(process.eventNames().map((name) => [String(name), process.listenerCount(name)]).sort())
     const before = counted()
     await host.register(carillon, { database: url })
     await host.listen({ port: 0 })
     const after = counted()
     await host.close()
     console.log(before === after && before === counted() ? 'none' : before + after)`,
    /^none$/
  ],
  [
    'a host that fails to register something later leaves nothing behind',
    `await host.register(carillon, { database: url })
     try {
       await host.register(async () => { throw new Error('later') })
     } catch (error) { console.log(error.message) }
     await host.close()`,
    /^later$/
  ],
  [
    'neither does one that forgets to close after it',
    `await host.register(carillon, { database: url })
     host.register(async () => { throw new Error('later') })
     try { await host.ready() } catch (error) { console.log(error.message) }`,
    /^later$/
  ],
  [
    'a host that fails when everything is ready leaves nothing behind',
    `await host.register(carillon, { database: url })
     await host.register(async (later) => {
       later.addHook('onReady', async () => { throw new Error('when ready') })
     })
     try { await host.ready() } catch (error) { console.log(error.message) }
     console.log(host.scheduler.status().state)
     await host.close()
     console.log(host.scheduler.status().state)`,
    /^when ready\nrunning\nstopped$/
  ],
  [
    'a host whose port is taken leaves nothing behind',
    `const other = Fastify()
     await other.listen({ port: 0 })
     await host.register(carillon, { database: url })
     try { await host.listen({ port: other.server.address().port }) } catch (error) { console.log(error.code) }
     await host.close()
     await other.close()`,
    /^EADDRINUSE$/
  ],
  [
    'a host that closes while it starts comes to its end',
    `host.register(carillon, { database: url })
     const ready = host.ready().then(() => 'ready', () => 'not ready')
     await host.close()
     await ready
     console.log('closed')`,
    /^closed$/
  ],
  [
    'a host that closes without having been ready comes to its end',
    `await host.register(carillon, { database: url })
     await host.close()
     console.log(host.scheduler.status().state)`,
    /^idle$/
  ]
]

for (const [promise, program, prints] of PROGRAMS) {
  test(promise, async (t) => {
    const { url, isFree } = await createFile(t)
    const { code, stdout, stderr } = await runHost(program, url)
    t.equal(code, 0, stderr)
    t.equal(stderr, '', 'no rejection went unhandled')
    t.match(stdout.trim(), prints)
    t.ok(isFree())
  })
}

test('a closed host holds no lock, and the file can be opened again in the process', async (t) => {
  const { url, isFree } = await createFile(t)
  for (const count of [0, 1, 2]) {
    const host = Fastify()
    await host.register(carillon, { database: url })
    t.equal(await host.scheduler.countJobs(), count)
    await host.scheduler.createJob(DAILY)
    await host.ready()
    await host.close()
    t.ok(isFree())
  }
})

test('a database that cannot be opened fails the start with a sentence, and the host closes', async (t) => {
  const host = Fastify()
  await t.rejects(
    async () => {
      await host.register(carillon, { database: 'sqlite:/nowhere/jobs.db' })
    },
    { code: 'store_unusable', message: /nowhere/ }
  )
  await t.resolves(host.close())
})

test('a handler that does not end is told to, and the host closes all the same', async (t) => {
  const host = Fastify()
  const started = Promise.withResolvers<void>()
  let wasTold = false
  await host.register(carillon, {
    ...UNDER_PREFIX,
    stopGrace: '1ms',
    handlers: {
      endless: ({ signal }) =>
        new Promise((resolve) => {
          started.resolve()
          signal.addEventListener('abort', () => {
            wasTold = true
            resolve(null)
          })
        })
    }
  })
  await host.ready()
  const target = { type: 'handler', name: 'endless' } as const
  const job = await host.scheduler.createJob({ ...DAILY, target })
  await host.scheduler.run(job.id)
  await started.promise
  await Promise.all([host.close(), host.close()])
  t.ok(wasTold)
})

test('what the host opened before is there until our runs have ended', async (t) => {
  const host = Fastify()
  const order: string[] = []
  host.addHook('onClose', async () => {
    order.push('the pool of the host')
  })
  const started = Promise.withResolvers<void>()
  const end = Promise.withResolvers<void>()
  await host.register(carillon, {
    ...MEMORY,
    handlers: {
      slow: async () => {
        started.resolve()
        await end.promise
        order.push('the run')
      }
    }
  })
  host.addHook('preClose', async () => end.resolve())
  await host.ready()
  const target = { type: 'handler', name: 'slow' } as const
  const job = await host.scheduler.createJob({ ...DAILY, target })
  await host.scheduler.run(job.id)
  await started.promise
  const closing = host.close()
  end.resolve()
  await closing
  t.strictSame(order, ['the run', 'the pool of the host'])
})
