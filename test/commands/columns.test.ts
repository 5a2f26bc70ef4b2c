import { test } from 'tap'
import { crontabColumns } from '../../commands/import/columns.ts'
import { jobColumns } from '../../commands/jobs/columns.ts'
import { keyColumns } from '../../commands/keys/columns.ts'
import { planOf } from '../../commands/plan.ts'
import { runColumns } from '../../commands/runs/columns.ts'
import { renderTable } from '../../commands/table.ts'
import { createTestScheduler, overDays } from '../helpers/scheduler.ts'

const WIDTH = 200

test('jobs are told by state, schedule, what comes next, what came last, and where they lead', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, {
    ...overDays,
    commands: { environment: {} }
  })
  const paris = { schedule: '0 9 * * 1', timezone: 'Europe/Paris' }
  await scheduler.createJob({ name: 'Weekly', ...paris })
  const url = 'https://x.example/a'
  const http = { type: 'http' as const, url }
  await scheduler.createJob({ name: 'Call', repeat_interval: '1h', target: http })
  const handler = { type: 'handler' as const, name: 'mail' }
  await scheduler.createJob({ name: 'Hand', start_date: '2026-02-01T00:00:00Z', target: handler })
  const command = { type: 'command' as const, argv: ['/bin/true'] }
  const { id } = await scheduler.createJob({ name: 'Program', ...paris, target: command })
  await scheduler.pause(id)
  await scheduler.run(1)
  await clock.advance(1_000)
  t.equal(
    renderTable(jobColumns(clock.now()), await scheduler.listJobs(), WIDTH),
    `ID  STATE      NAME     SCHEDULE                      NEXT       LAST                 TARGET
1   ● enabled  Weekly   0 9 * * 1 Europe/Paris        in 4 d     ✓ succeeded 1 s ago  log
2   ● enabled  Call     every 1h                      in 59 min  not run yet          x.example
3   ● enabled  Hand     once at 2026-02-01T00:00:00Z  in 30 d    not run yet          mail
4   ‖ paused   Program  0 9 * * 1 Europe/Paris        -          not run yet          /bin/true
`
  )
  const runs = renderTable(runColumns(clock.now()), await scheduler.listRuns(), WIDTH)
  t.match(
    runs,
    /^ID +JOB +STATE +DUE +CAUSE +ATTEMPT +TOOK +WHY\n1 +1 +✓ succeeded +1 s ago +manual +1 /
  )
})

test('keys are told by whether they open anything, and until when', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t, overDays)
  await scheduler.keys.create({ name: 'ci', scopes: ['read', 'run'], expires_in: '1h' })
  await scheduler.keys.create({ name: 'ops', scopes: ['admin'] }, { createdBy: 'key:1' })
  await scheduler.keys.create({ name: 'old', scopes: ['write'] })
  await scheduler.keys.revoke(3)
  const shown = async (): Promise<string> =>
    renderTable(keyColumns(clock.now()), await scheduler.keys.list(), WIDTH)
  const before = await shown()
  t.match(before, /^3 +revoked +old +write +never +- +in 0 s +-$/m)
  t.match(before, /^2 +active +ops +admin +never +- +in 0 s +key:1$/m)
  t.match(before, /^1 +active +ci +read,run +in 1 h /m)
  await clock.advance('1h')
  t.match(await shown(), /^1 +expired +ci /m)
})

test('a manifest is told job by job and field by field, and a crontab line by line', async (t) => {
  const { scheduler } = await createTestScheduler(t, overDays)
  const jobs = [{ key: 'a', name: 'A', schedule: '@daily' }]
  const report = await scheduler.dryRun.apply({ jobs })
  t.equal(
    planOf(report),
    '+ created a "A", next at 2026-01-02T00:00:00.000Z\nNothing was changed; it would be: 1 created, 0 updated, 0 unchanged, 0 deleted.\n'
  )
  await scheduler.apply({ jobs })
  t.match(
    planOf(await scheduler.apply({ jobs: [{ ...jobs[0], name: 'B', key: 'a' }] })),
    /^~ updated a "B", next at .*\n {4}name: "A" → "B"\n0 created, 1 updated, /
  )
  const crontab = 'MAILTO=x\n@daily curl https://x.example/\n@reboot /bin/start'
  const { lines } = await scheduler.importCrontab({ crontab, skip_refused: true })
  t.equal(
    renderTable(crontabColumns, lines, WIDTH),
    `LINE  OUTCOME  NAME       SCHEDULE  WHAT
1     setting  -          -         MAILTO=x
2     created  x.example  @daily    GET https://x.example/
3     refused  -          -         @reboot /bin/start
`
  )
})
