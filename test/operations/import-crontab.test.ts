import process from 'node:process'
import type { Test } from 'tap'
import { CarillonError } from '../../src/domain/errors.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'

const commands = { environment: { PATH: process.env['PATH'] } }
const CRONTAB = `MAILTO=ops@example.com
# Ping
*/5 * * * * curl -fsS http://127.0.0.1:9/ping
CRON_TZ=Europe/Berlin
0 4 * * * /usr/bin/backup
`

async function refusalOf(t: Test, call: Promise<unknown>): Promise<CarillonError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown
  )
  t.ok(error instanceof CarillonError)
  return error instanceof CarillonError ? error : new CarillonError('store_busy', 'none')
}

test('a crontab becomes jobs, and the report has every line', async (t) => {
  const { scheduler } = await createTestScheduler(t, { commands })
  const report = await scheduler.importCrontab({ crontab: CRONTAB, tag: 'web1' })
  t.match(report, {
    dry_run: false,
    timezone: 'UTC',
    user_column: false,
    created: 2,
    updated: 0,
    unchanged: 0,
    refused: 0
  })
  t.match(report.lines, [
    { line: 1, outcome: 'setting', text: 'MAILTO=ops@example.com', job: null, action: null },
    { line: 2, outcome: 'comment', notes: [] },
    {
      line: 3,
      outcome: 'job',
      action: 'created',
      id: 1,
      job: { name: 'Ping', schedule: '*/5 * * * *', target: { type: 'http' } },
      reason: null,
      next_run_at: '2026-01-01T00:05:00.000Z'
    },
    { line: 4, outcome: 'setting' },
    { line: 5, action: 'created', id: 2, next_run_at: '2026-01-01T03:00:00.000Z' }
  ])
  t.match(await scheduler.listJobs(), [
    { id: 1, key: /^crontab:[0-9a-f]{16}$/, name: 'Ping', tags: ['web1'], timezone: 'UTC' },
    { id: 2, name: 'backup', timezone: 'Europe/Berlin', target: { argv: ['/usr/bin/backup'] } }
  ])
})

test('the same crontab again doubles nothing, and a changed line changes its job', async (t) => {
  const { scheduler } = await createTestScheduler(t, { commands })
  await scheduler.importCrontab({ crontab: CRONTAB })
  t.match(await scheduler.importCrontab({ crontab: CRONTAB }), { unchanged: 2, created: 0 })
  const changed = CRONTAB.replace('# Ping', '# Pong').replace('0 4', '0 5')
  const report = await scheduler.importCrontab({ crontab: changed })
  t.match(report, { created: 0, updated: 2, unchanged: 0 })
  t.match(await scheduler.listJobs(), [
    { id: 1, name: 'Pong', version: 2 },
    { id: 2, schedule: '0 5 * * *', version: 2 }
  ])
  const other = await scheduler.importCrontab({ crontab: CRONTAB, tag: 'web2' })
  t.match(other, { created: 2 }, 'another machine has jobs of its own')
})

test('a crontab with one bad line changes nothing and names the line', async (t) => {
  const { scheduler, events } = await createTestScheduler(t, { commands })
  const crontab = `${CRONTAB}61 * * * * foo\n@reboot bar\n0 0 30 2 * never\n`
  for (const calls of [scheduler, scheduler.dryRun]) {
    const { code, message, faults } = await refusalOf(t, calls.importCrontab({ crontab }))
    t.equal(code, 'validation_failed')
    t.match(message, /^Line 6, "61 \* \* \* \* foo": .*2 more.*nothing was changed/)
    t.match(faults, [
      {
        in: 'body',
        pointer: '/crontab',
        detail: /^Line 6, .*"61" is not a valid minute; write 0-59/
      },
      { pointer: '/crontab', detail: /^Line 7, "@reboot bar": / },
      { pointer: '/crontab', detail: /^Line 8, "0 0 30 2 \* never": / }
    ])
  }
  t.equal(await scheduler.countJobs(), 0)
  t.strictSame(events('job_created'), [])
  const report = await scheduler.importCrontab({ crontab, skip_refused: true })
  t.match(report, { created: 2, refused: 3 })
  t.match(report.lines[6], { outcome: 'refused', job: null, id: null, reason: /@reboot/ })
})

test('a dry run says the same and does nothing', async (t) => {
  const { scheduler, events } = await createTestScheduler(t, { commands })
  const dry = await scheduler.dryRun.importCrontab({ crontab: CRONTAB })
  t.equal(await scheduler.countJobs(), 0)
  t.strictSame(events('job_created'), [])
  const real = await scheduler.importCrontab({ crontab: CRONTAB })
  const lines = real.lines.map((line) => ({ ...line, id: null }))
  t.strictSame(dry, { ...real, dry_run: true, lines })
})

test('where programs are not allowed, a line that needs one is refused', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const { code, faults } = await refusalOf(t, scheduler.importCrontab({ crontab: CRONTAB }))
  t.equal(code, 'validation_failed')
  t.match(faults, [{ detail: /^Line 5, .*CARILLON_ALLOW_COMMANDS/ }])
  t.equal(faults.length, 1)
  const crontab = '0 0 * * * curl -k https://x.example\n'
  const refusal = await refusalOf(t, scheduler.importCrontab({ crontab }))
  t.match(refusal.message, /CARILLON_ALLOW_COMMANDS.*check of certificates/)
  const report = await scheduler.importCrontab({ crontab: CRONTAB, skip_refused: true })
  t.match(report, { created: 1, refused: 1 })
})

test('a crontab is bounded, and what is no request says so', async (t) => {
  const { scheduler } = await createTestScheduler(t, { commands })
  const cases: [request: object, pointer: string, detail: RegExp][] = [
    [{ crontab: '\n'.repeat(10_001) }, '/crontab', /10001 lines, but may have 10000/],
    [{ crontab: '@daily a\n'.repeat(1_001) }, '/crontab', /1001 jobs, but may have 1000/],
    [{ crontab: ' '.repeat(204_801) }, '/crontab', /longer than 204800 characters/],
    [{ crontab: '', timezone: 'Nowhere' }, '/timezone', /"Nowhere" is not a time zone/],
    [{ crontab: '', user_column: 'yes' }, '/user_column', /must be a boolean or "auto"/],
    [
      { crontab: '', skip_refuse: true },
      '/skip_refuse',
      /is not a known field\. Did you mean "skip_refused"/
    ],
    [{}, '/crontab', /is missing/]
  ]
  for (const [request, pointer, detail] of cases) {
    const { faults } = await refusalOf(t, scheduler.importCrontab(request as { crontab: string }))
    t.match(faults, [{ pointer, detail }])
  }
  const bad = await refusalOf(t, scheduler.importCrontab({ crontab: 'bad\n'.repeat(2_000) }))
  t.equal(bad.faults.length, 1_000)
  t.match(await scheduler.importCrontab({ crontab: '' }), { lines: [], created: 0 })
})

test('an import is a part of what is done together', async (t) => {
  const { scheduler } = await createTestScheduler(t, { commands })
  const undone = new Error('no')
  const work = scheduler.together(async (operations) => {
    t.match(await operations.importCrontab({ crontab: CRONTAB }), { created: 2 })
    throw undone
  })
  await t.rejects(work, undone)
  t.equal(await scheduler.countJobs(), 0)
})
