import { copyFile, cp } from 'node:fs/promises'
import process from 'node:process'
import path from 'node:path'
import Sqlite from 'better-sqlite3'
import { test } from 'tap'
import { openStorage } from '../commands/doctor/storage.ts'
import { CarillonError, openScheduler } from '../core.ts'
import { createManualClock } from './helpers/manual-clock.ts'
import { runToEnd } from './helpers/processes.ts'
import { createFolder } from './helpers/service.ts'
import { createSink } from './helpers/sink.ts'
import { until } from './helpers/until.ts'

test('a scheduler without Fastify runs what is due, and is there again after it was closed', async (t) => {
  const folder = await createFolder(t)
  const sink = await createSink(t)
  const database = `sqlite:${folder}/jobs.db`
  const lines: object[] = []
  const write = (fields: object): number => lines.push(fields)
  const log = { info: write, warn: write, error: write }
  const handlers = { double: ({ params }: { params: unknown }) => Number(params) * 2 }
  const scheduler = await openScheduler({ database, handlers, log })
  t.match(lines, [{ migrations: ['0001_create_tables'] }])
  const target = { type: 'handler' as const, name: 'double' }
  const { id } = await scheduler.createJob({ name: 'd', schedule: '@daily', params: 21, target })
  const run = await scheduler.run(id)
  const ended = await until('the end of the run', async () => {
    const { state, result } = await scheduler.getRun(run.id)
    return state === 'succeeded' && { result }
  })
  t.strictSame(ended, { result: 42 })
  const hook = { type: 'http' as const, url: sink.url }
  const { id: hookId } = await scheduler.createJob({ name: 'h', schedule: '@daily', target: hook })
  await scheduler.run(hookId)
  await sink.next()
  await scheduler.close()
  t.equal(scheduler.status().state, 'stopped')
  const again = await openScheduler({ database, autoStart: false })
  t.equal(await again.countJobs(), 2)
  t.equal(again.status().state, 'idle')
  await again.close()
})

test('what cannot be is refused by name, and leaves nothing open', async (t) => {
  const refused: readonly [object, RegExp][] = [
    [{ databas: 'x' }, /"databas" is not a known option\. Did you mean "database"\?/],
    [{ port: 80 }, /"port" is not a known option/],
    [{ lease: 'long' }, /"lease" is "long"/],
    [{ database: 'sqlite:/no/such/folder/x.db' }, /folder/]
  ]
  for (const [options, message] of refused) {
    await t.rejects(openScheduler(options), { name: 'CarillonError', message })
  }
  const handlers = { 'carillon:x': () => null }
  await t.rejects(openScheduler({ database: 'sqlite::memory:', handlers }), CarillonError)
})

test('neither Fastify nor anything of it is loaded, and the process ends by itself', async (t) => {
  const core = path.join(import.meta.dirname, '../core.ts')
  const program = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) })
    const { openScheduler } = await import(${JSON.stringify(core)})
    const scheduler = await openScheduler({ database: 'sqlite::memory:' })
    await scheduler.createJob({ name: 'n', schedule: '@daily' })
    await scheduler.close()
    console.log(JSON.stringify(seen.filter((url) => /fastify|plugins|routes|prometheus/.test(url))))`
  const args = ['--input-type=module', '--eval', program]
  const { code, stdout, stderr } = await runToEnd(process.execPath, args, {
    cwd: import.meta.dirname
  })
  t.strictSame({ code, stdout: stdout.trim(), stderr }, { code: 0, stdout: '[]', stderr: '' })
})

test('the client loads nothing but its own files', async (t) => {
  const client = path.join(import.meta.dirname, '../client.ts')
  const program = `
    import { registerHooks } from 'node:module'
    const seen = []
    registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) })
    const { createClient } = await import(${JSON.stringify(client)})
    createClient()
    console.log(JSON.stringify(seen.filter((url) => !/\\/(?:client|src\\/client\\/[\\w-]+)\\.ts$/.test(url))))`
  const args = ['--input-type=module', '--eval', program]
  const { stdout } = await runToEnd(process.execPath, args, { cwd: import.meta.dirname })
  t.equal(stdout.trim(), '[]')
})

test('a database that was restored or copied is told of at the start; one whose folder was moved is not', async (t) => {
  const [home, elsewhere] = [await createFolder(t), await createFolder(t)]
  const start = Date.parse('2030-01-01T00:00:00Z')
  /** Two minutes of work on a database; what was warned of at its start. */
  const work = async (folder: string, from: number, copyTo?: string): Promise<string[]> => {
    const clock = createManualClock(from)
    const said: string[] = []
    const quiet = (): void => undefined
    const warn = (_fields: object, message?: string): void => void said.push(message ?? '')
    const log = { info: quiet, warn, error: quiet }
    const file = path.join(folder, 'carillon.db')
    const scheduler = await openScheduler({ database: `sqlite:${file}`, clock, log })
    await clock.advance(1_000)
    if (copyTo !== undefined) {
      const source = new Sqlite(file, { readonly: true })
      await source.backup(copyTo)
      source.close()
    }
    await clock.advance(120_000)
    const closing = scheduler.close()
    await clock.advance(1_000)
    await closing
    return said
  }
  const backup = path.join(elsewhere, 'backup')
  t.strictSame(await work(home, start, backup), [])
  t.strictSame(await work(home, start + 3_600_000), [], 'a plain start')

  await cp(home, path.join(elsewhere, 'moved'), { recursive: true })
  t.strictSame(await work(path.join(elsewhere, 'moved'), start + 7_200_000), [])

  await copyFile(backup, path.join(elsewhere, 'carillon.db'))
  t.match(await work(elsewhere, start + 7_200_000), [
    /has no .*-id beside it, so it was copied to here\. .* start with CARILLON_AUTO_START=false/
  ])

  await copyFile(backup, path.join(home, 'carillon.db'))
  const database = `sqlite:${path.join(home, 'carillon.db')}`
  const { finding } = await openStorage(database, 5_000).then(async (storage) => {
    await storage.database?.close()
    return storage
  })
  const restored =
    /was used until 2030-01-01T01:.* but knows of nothing after 2030-01-01T00:00:3.*restored from a backup\./
  t.match(finding, { state: 'warning', detail: restored })
  t.match(await work(home, start + 7_200_000), [restored])
  t.strictSame(await work(home, start + 9_000_000), [], 'only until it is in use again')
})
