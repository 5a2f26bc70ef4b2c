import type { JobInput } from '../../src/domain/job.ts'
import type { Logger } from '../../src/engine/attempt.ts'
import { createLogTail } from '../../src/engine/log-tail.ts'
import { encodeLine } from '../../src/engine/log-line.ts'
import { listRunLogs, writeRunLogs } from '../../src/store/run-logs.ts'
import { createGate } from '../helpers/gate.ts'
import { test } from '../helpers/on-every-database.ts'
import {
  createTestDatabase,
  createTestDatabases,
  createTestScheduler
} from '../helpers/scheduler.ts'

const job: JobInput = {
  name: 'a',
  repeat_interval: '1h',
  target: { type: 'handler', name: 'work' },
  retry: { max_attempts: 2, backoff: 'fixed', initial: '10s' }
}

test('what a handler logs is seen while it goes on, on another replica too', async (t) => {
  const [database, other = database] = await createTestDatabases(t, 2)
  const { scheduler, clock, lines } = await createTestScheduler(t, { db: database })
  const { scheduler: onlooker } = await createTestScheduler(t, { db: other, clock, start: false })
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(job)
  const run = await scheduler.run(id)
  await clock.advance(10)
  const log = calls[0]?.attempt.log
  log?.info({ step: 1, authorization: 'canary' }, 'Begun.')
  await clock.advance(1_000)
  const first = await onlooker.listRunLogs(run.id)
  t.match(first.lines, [{ attempt: 1, line: 1, level: 'info', message: 'Begun.' }])
  t.strictSame(first.lines[0]?.fields, { step: 1, authorization: '***' })
  t.equal(lines[0]?.message, 'Begun.', 'the log of the host has it, too')

  log?.warn({}, 'Slow.')
  await clock.advance(1_000)
  const after = first.cursor ?? ''
  const second = await onlooker.listRunLogs(run.id, { after })
  t.match(second.lines, [{ line: 2, level: 'warn', message: 'Slow.', fields: null }])
  t.equal((await onlooker.listRunLogs(run.id, { after: second.cursor ?? '' })).lines.length, 0)
  t.equal((await onlooker.listRunLogs(run.id, { limit: 1 })).lines.length, 1)

  log?.error({ err: new Error('no') }, 'Over.')
  calls[0]?.reject(new Error('no'))
  await clock.advance(5)
  t.match(await scheduler.getRun(run.id), { state: 'pending' })
  const whole = await scheduler.listRunLogs(run.id)
  t.equal(whole.lines.length, 3, 'as soon as the run shows its end')
  t.match(whole.lines[2]?.fields, { err: { type: 'Error', message: 'no' } })

  log?.info({}, 'Too late.')
  await clock.advance(20_000)
  calls[1]?.attempt.log.info({}, 'Again.')
  calls[1]?.resolve()
  await clock.advance(1_000)
  const { lines: all, omitted } = await scheduler.listRunLogs(run.id)
  t.strictSame(
    all.map(({ attempt, message }) => [attempt, message]),
    [
      [1, 'Begun.'],
      [1, 'Slow.'],
      [1, 'Over.'],
      [2, 'Again.']
    ]
  )
  t.equal(omitted, 0)
})

test('the end of a long log is kept, and what is not is counted', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(job)
  const run = await scheduler.run(id)
  await clock.advance(10)
  for (let line = 1; line <= 450; line++) calls[0]?.attempt.log.info({}, `line ${line}`)
  await clock.advance(1_000)
  for (let line = 451; line <= 500; line++) calls[0]?.attempt.log.info({}, `line ${line}`)
  calls[0]?.resolve()
  await clock.advance(1_000)
  const { lines, omitted } = await scheduler.listRunLogs(run.id, { limit: 1_000 })
  t.equal(lines.length, 200)
  t.match(
    [lines[0], lines.at(-1)],
    [
      { line: 301, message: 'line 301' },
      { line: 500, message: 'line 500' }
    ]
  )
  t.equal(omitted, 300)
})

test('a handler that logs nothing has no row, nor has any other target', async (t) => {
  const { scheduler, clock, database } = await createTestScheduler(t)
  scheduler.handle('work', ({ log }) => typeof log)
  const { id } = await scheduler.createJob(job)
  const other = await scheduler.createJob({ name: 'b', repeat_interval: '1h' })
  const run = await scheduler.run(id)
  await scheduler.run(other.id)
  await clock.advance(2_000)
  t.match(await scheduler.getRun(run.id), { state: 'succeeded' })
  t.strictSame(await database.query.selectFrom('carillon_run_logs').selectAll().execute(), [])
  t.strictSame(await scheduler.listRunLogs(run.id), { lines: [], omitted: 0, cursor: null })
  await t.rejects(scheduler.listRunLogs(99), { code: 'run_not_found' })
  await t.rejects(scheduler.listRunLogs(run.id, { after: 'nonsense' }), {
    code: 'validation_failed',
    message: /"after" is "nonsense"/
  })
})

test('a run whose lines cannot be written goes on, and they are written later', async (t) => {
  const { scheduler, clock, database, events } = await createTestScheduler(t)
  const calls = createGate(scheduler, 'work')
  const { id } = await scheduler.createJob(job)
  const run = await scheduler.run(id)
  await clock.advance(10)
  await database.query.schema.alterTable('carillon_run_logs').renameTo('carillon_away').execute()
  calls[0]?.attempt.log.info({}, 'Into the void.')
  await clock.advance(3_000)
  t.ok(events('pass_failed').some(({ loop }) => loop === 'run_logs'))
  t.match(await scheduler.getRun(run.id), { state: 'running' })
  await database.query.schema.alterTable('carillon_away').renameTo('carillon_run_logs').execute()
  await clock.advance(3_000)
  t.match((await scheduler.listRunLogs(run.id)).lines, [{ message: 'Into the void.' }])
  calls[0]?.resolve()
  await clock.advance(1_000)
  t.match(await scheduler.getRun(run.id), { state: 'succeeded' })
})

test('lines go with their runs, by age and by number', async (t) => {
  for (const retention of [
    { ageMs: 60_000, perJob: 1_000 },
    { ageMs: 86_400_000, perJob: 2 }
  ]) {
    const { scheduler, clock, database } = await createTestScheduler(t, { retention })
    scheduler.handle('work', ({ log }) => log.info({}, 'x'))
    await scheduler.createJob({ ...job, repeat_interval: '10s' })
    await clock.advance(180_500)
    const { query } = database
    const runs = await query.selectFrom('carillon_runs').select('id').orderBy('id').execute()
    const logs = await query.selectFrom('carillon_run_logs').select('run_id as id').execute()
    const ids = logs.map((row) => row.id).sort((one, two) => one - two)
    t.ok(runs.length < 15)
    t.strictSame(
      ids,
      runs.map((row) => row.id)
    )
  }
})

test('older lines never take the place of newer ones, and few attempts have any', async (t) => {
  const database = await createTestDatabase(t)
  const row = (attempt: number, lastLine: number) => ({
    runId: 7,
    attempt,
    lastLine,
    lines: JSON.stringify([{ line: lastLine }])
  })
  await writeRunLogs(database, [row(1, 5), { ...row(1, 1), runId: 8 }])
  await writeRunLogs(database, [row(1, 4)])
  t.match(await listRunLogs(database, 7), [{ lastLine: 5, lines: [{ line: 5 }] }])
  await writeRunLogs(database, [row(1, 6), row(2, 1)])
  t.match(await listRunLogs(database, 7), [{ lastLine: 6 }, { lastLine: 1 }])
  await writeRunLogs(database, [row(11, 1)])
  t.strictSame(
    (await listRunLogs(database, 7)).map(({ attempt }) => attempt),
    [2, 11]
  )
})

test('whatever is given to a logger, a line is made of it', (t) => {
  const circular: Record<string, unknown> = {}
  circular['self'] = circular
  class Answer {
    headers = { Authorization: 'canary' }
  }
  const lines: [given: unknown[], message: string, fields: unknown][] = [
    [['alone'], 'alone', null],
    [[{ a: 1 }, 'both'], 'both', { a: 1 }],
    [[{ a: 1 }], '', { a: 1 }],
    [[{ n: 1n, answer: new Answer() }, 'x'], 'x', { n: '1', answer: { headers: {} } }],
    [[circular, 'x'], 'x', { note: 'What was logged is no JSON.' }],
    [[{ a: 'x'.repeat(5_000) }, 'x'], 'x', { omitted_characters: 5_008 }],
    [[undefined, 'y'.repeat(3_000)], 'y'.repeat(2_000), null],
    [[new Error('bad')], 'bad', { err: { type: 'Error', message: 'bad' } }]
  ]
  for (const [given, message, fields] of lines) {
    const line = encodeLine({ line: 1, at: 2, level: 'info' }, given)
    t.notMatch(line, 'canary')
    t.match(JSON.parse(line), { line: 1, at: 2, level: 'info', message, fields })
  }
  const tail = createLogTail()
  for (let count = 0; count < 100; count++) tail.add('info', ['z'.repeat(1_000)], 0)
  t.ok(tail.read().length < 33_000)
  t.equal(tail.lastLine(), 100)
  t.end()
})

test('what else the logger of a host can do, handlers can, too', async (t) => {
  const said: string[] = []
  class HostLogger implements Logger {
    #write(line: string): void {
      said.push(line)
    }
    info(_fields: object, message: string): void {
      this.#write(message)
    }
    warn(): void {}
    error(): void {}
    debug(message: string): void {
      said.push(`debug ${message}`)
    }
  }
  const { scheduler, clock } = await createTestScheduler(t, { log: new HostLogger() })
  scheduler.handle('work', ({ log }) => {
    log.info({}, 'one')
    if ('debug' in log && typeof log.debug === 'function') log.debug('two')
  })
  const { id } = await scheduler.createJob(job)
  await scheduler.run(id)
  await clock.advance(1_000)
  t.strictSame(said, ['one', 'debug two'])
})
