import process from 'node:process'
import path from 'node:path'
import { test } from 'tap'
import { CarillonError, openScheduler } from '../core.ts'
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
