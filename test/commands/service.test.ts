import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'tap'
import { runCommand } from '../helpers/command.ts'
import { createFolder, startService } from '../helpers/service.ts'

const API_KEY = 'k'.repeat(40)

test('jobs and runs are listed, made and changed from the command line', async (t) => {
  const folder = await createFolder(t)
  const { url } = await startService(t, { folder, apiKey: API_KEY })
  const env = { CARILLON_URL: url }
  const carillon = async (...flags: string[]) => {
    const { code, stdout, stderr } = await runCommand(t, { folder, flags, env, apiKey: API_KEY })
    return { code, stderr, out: stdout === '' ? null : JSON.parse(stdout) }
  }
  const every = ['--every', '1h', '--params', '{"a":[1]}']
  t.match(await carillon('jobs', 'create', '--name', 'First', '--key', 'first', ...every), {
    code: 0,
    out: { id: 1, key: 'first', params: { a: [1] }, repeat_interval: '1h' }
  })
  await writeFile(path.join(folder, 'job.yaml'), 'name: Second\nschedule: 0 2 * * *\ntags: [x]\n')
  t.match(await carillon('jobs', 'create', 'job.yaml'), { code: 0, out: { id: 2, tags: ['x'] } })
  t.match(await carillon('jobs', '--tag', 'x'), { code: 0, out: [{ name: 'Second' }] })
  t.match(await carillon('jobs', 'pause', 'first', '--reason', 'why'), {
    out: { pause_reason: 'why' }
  })
  t.match(await carillon('jobs', '--state=paused'), { out: [{ id: 1 }] })
  t.match(await carillon('jobs', 'resume', '1'), { out: { state: 'enabled' } })
  t.match(await carillon('jobs', 'skip', '1', '--count', '3'), { out: { skip_next: 3 } })
  t.match(await carillon('jobs', 'run', 'first'), { code: 0, out: { job_id: 1, cause: 'manual' } })
  t.match(await carillon('runs', 'show', '1'), { out: { id: 1 } })
  t.match(await carillon('runs', '--job', '1', '--limit', '5'), { out: [{ id: 1, job_id: 1 }] })
  t.match(await carillon('runs', 'cancel', '1'), { code: 1, stderr: /Run 1 is succeeded already/ })
  t.match(await carillon('jobs', 'delete', '2'), { code: 0, out: { name: 'Second' } })
  t.match(await carillon('jobs', 'show', '2'), {
    code: 1,
    stderr: 'carillon: There is no job 2.\n'
  })
  t.match(await carillon('export', '--format', 'json'), { out: { jobs: [{ key: 'first' }] } })
})

test('a file is applied whole or not at all, and its faults have lines', async (t) => {
  const folder = await createFolder(t)
  const service = await startService(t, { folder })
  const { url } = service
  const write = (text: string) => writeFile(path.join(folder, 'jobs.yaml'), text)
  const apply = (...flags: string[]) =>
    runCommand(t, { folder, flags: ['apply', 'jobs.yaml', ...flags], env: { CARILLON_URL: url } })
  await write('jobs:\n  - key: a\n    name: A\n    schedule: "@daily"\n')
  t.match(await apply('--dry-run'), { code: 0, stdout: /"dry_run": true[^]*"created": 1/ })
  t.match(await apply(), { code: 0, stdout: /"dry_run": false[^]*"created": 1/ })
  await write(
    '- key: a\n  name: B\n  schedule: "@daily"\n- key: b\n  name: B\n  schedule: 61 * * * *\n'
  )
  t.match(await apply(), {
    code: 1,
    stdout: '',
    stderr: /^carillon: jobs\.yaml:6: .*"61" is not a valid minute.*\nNothing was changed\.\n$/
  })
  t.match((await service.request('GET /jobs')).body, [{ name: 'A', version: 1 }])
  const broken: [string, RegExp][] = [
    ['jobs: [', /^carillon: jobs\.yaml:1:\d+: /],
    ['', /jobs\.yaml is empty/],
    ['jobs: []\n---\njobs: []\n', /has several documents; join them/],
    ['jobs: 7\n', /jobs\.yaml:1: "jobs" is 7/]
  ]
  for (const [text, stderr] of broken) {
    await write(text)
    t.match(await apply(), { code: 1, stdout: '', stderr }, text)
  }
})

test('a crontab is shown first, and imported when that is said', async (t) => {
  const folder = await createFolder(t)
  const service = await startService(t, { folder, env: { CARILLON_ALLOW_COMMANDS: 'true' } })
  const { url } = service
  const write = (text: string) => writeFile(path.join(folder, 'crontab'), text)
  const importFrom = (...flags: string[]) =>
    runCommand(t, {
      folder,
      flags: ['import', 'crontab', 'crontab', ...flags],
      env: { CARILLON_URL: url, TZ: 'Asia/Tokyo' }
    })
  const countJobs = async () => ((await service.request('GET /jobs')).body as unknown[]).length
  await write('# Ping\n0 9 * * * curl -f http://localhost:9/\n@daily www-data /usr/bin/true x\n')
  const shown = await importFrom('--user-column=false')
  t.match(shown, { code: 0, stderr: '' })
  t.match(JSON.parse(shown.stdout), {
    dry_run: true,
    timezone: 'Asia/Tokyo',
    user_column: false,
    created: 2
  })
  t.equal(await countJobs(), 0)
  const imported = await importFrom('--apply', '--tag', 'web1', '--timezone', 'Europe/Paris')
  t.match(JSON.parse(imported.stdout), { dry_run: false, timezone: 'Europe/Paris', created: 2 })
  t.match((await service.request('GET /jobs')).body, [
    { name: 'Ping', tags: ['web1'], timezone: 'Europe/Paris' },
    { target: { argv: ['www-data', '/usr/bin/true', 'x'] } }
  ])
  await write('@daily foo\n61 * * * * bar\n')
  t.match(await importFrom(), { code: 1, stderr: /One line cannot be a job.*--skip-refused/ })
  await write('nonsense\n'.repeat(5_000))
  const all = await importFrom()
  t.match(all, { code: 1, stderr: /5000 lines cannot be jobs/ })
  t.match(JSON.parse(all.stdout), { refused: 5_000 }, 'whatever a pipe takes at once')
  await write('@daily foo\n61 * * * * bar\n')
  t.match(await importFrom('--apply'), {
    code: 1,
    stdout: '',
    stderr: /^carillon: Line 2, "61 \* \* \* \* bar": .*\nNothing was changed\.\n$/
  })
  t.equal(await countJobs(), 2)
  t.match(await importFrom('--apply', '--skip-refused'), { code: 0, stdout: /"refused": 1/ })
  t.equal(await countJobs(), 3)
})

test('what is wrong with a command line is said in a sentence', async (t) => {
  const folder = await createFolder(t)
  const cases: [string[], number, RegExp][] = [
    [['jobs', 'shw', '1'], 2, /"jobs shw" is no command\. Did you mean "show"\?/],
    [['jobs', 'constructor', '1'], 2, /"jobs constructor" is no command\. "carillon jobs --help"/],
    [['jobs', 'run'], 2, /"jobs run" needs the id or the key of a job\./],
    [['jobs', '--stat', 'x'], 2, /"--stat" is not a known flag\. Did you mean "--state"\?/],
    [['jobs', '--state', 'pausd'], 2, /Did you mean "paused"\?/],
    [['jobs', '--url', 'here'], 2, /"--url" is "here", but must be a whole URL/],
    [['runs', 'show', 'x'], 2, /"x" is no id of a run/],
    [['apply'], 2, /Which file\?/],
    [['apply', 'none.yaml'], 1, /There is no file none\.yaml\./],
    [['import'], 2, /Import what\? "carillon import crontab <file>"/],
    [['import', 'crontabs'], 2, /Did you mean "crontab"\?/],
    [['import', 'crontab'], 2, /crontab -l \| carillon import crontab -/],
    [['import', 'crontab', 'none'], 1, /There is no file none\./],
    [['preview'], 2, /Which schedule\?/],
    [['preview', '61 * * * *'], 1, /is not a valid minute/],
    [
      ['jobs', '--url', 'http://127.0.0.1:9'],
      1,
      /could not be reached .*; is the service running there\?/
    ]
  ]
  for (const [flags, code, stderr] of cases) {
    t.match(await runCommand(t, { folder, flags }), { code, stdout: '', stderr }, flags.join(' '))
  }
})

test('what needs no service says what is, and does what it should', async (t) => {
  const folder = await createFolder(t)
  const run = (...flags: string[]) => runCommand(t, { folder, flags, env: { LOG_LEVEL: 'warn' } })
  const schedule = ['0', '9', '*', '*', '1', '--from', '2026-01-01T00:00:00Z', '--count=1']
  t.match(JSON.parse((await run('preview', ...schedule)).stdout), {
    description: 'At 09:00 every Monday, UTC.',
    next: [{ at: '2026-01-05T09:00:00.000Z' }]
  })
  const config = JSON.parse((await run('config', '--port', '9000')).stdout)
  const valueOf = (name: string) => config.find((one: { name: string }) => one.name === name)
  t.match(valueOf('port'), { value: 9000, source: '--port' })
  t.match(valueOf('logLevel'), { value: 'warn', source: 'LOG_LEVEL' })
  t.match(valueOf('lease'), { value: 30_000, source: 'default' })
  const database = ['--database', `sqlite:${folder}/m.db`]
  t.match(await run('migrate', '--check', ...database), {
    code: 1,
    stderr: /run "carillon migrate"/
  })
  t.match(await run('migrate', ...database), { code: 0, stdout: /is migrated: 0001_create_tables/ })
  t.match(await run('migrate', '--check', ...database), { code: 0, stdout: /is up to date\.\n$/ })
  t.equal(JSON.parse((await run('openapi')).stdout).openapi, '3.1.0')
})
