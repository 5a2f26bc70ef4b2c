/** The tables of the documentation, compared with what they describe. */
import { readFileSync } from 'node:fs'
import { STATUS_CODES } from 'node:http'
import { test } from 'tap'
import { MAX_HEADER_BYTES } from '../plugins/broken-request.ts'
import { MAX_CONNECTIONS, TIMEOUTS } from '../plugins/server-limits.ts'
import { MAX_BODY_BYTES } from '../plugins/validation.ts'
import { commands } from '../commands/commands.ts'
import { KEYS } from '../dashboard/src/keyboard/keys.ts'
import { checks } from '../commands/doctor/checks.ts'
import { Options, variableOf } from '../src/config.ts'
import { flagOf } from '../src/option-sources.ts'
import { SCOPES } from '../src/domain/api-key.ts'
import { INVARIANTS } from '../src/domain/invariant.ts'
import { PROBLEMS } from '../src/domain/problems.ts'
import {
  Job,
  JobInput,
  MAX_NAME_LENGTH,
  MAX_PARAMS_BYTES,
  SERVER_FIELDS
} from '../src/domain/job.ts'
import { withDefaults } from '../src/domain/job-definition.ts'
import { MAX_QUEUED_RUNS, OVERLAP_POLICIES } from '../src/domain/overlap.ts'
import { MISFIRE_POLICIES } from '../src/domain/misfire.ts'
import { MAX_SCHEDULE_LENGTH } from '../src/domain/cron/parse-cron.ts'
import { Run, RUN_STATES } from '../src/domain/run.ts'
import { RunHour } from '../src/domain/run-hours.ts'
import { System } from '../src/domain/system.ts'
import { FEED_TOPICS, FeedEvents } from '../src/domain/feed-event.ts'
import { CommandTarget, HttpTarget } from '../src/domain/target.ts'
import { metricsOf, routesOf } from './helpers/doc-app.ts'
import { codesIn, firstColumn, readPage, tableRows } from './helpers/markdown.ts'
import { createTestScheduler } from './helpers/scheduler.ts'

const api = readPage('docs/api.md')
const dashboard = readPage('docs/dashboard.md')
const embedding = readPage('docs/embedding.md')
const events = readPage('docs/events.md')
const jobs = readPage('docs/jobs.md')
const keys = readPage('docs/keys.md')
const operating = readPage('docs/operating.md')
const targets = readPage('docs/targets.md')

const inBackquotes = (cell: string) => `\`${cell}\``

/** The rows as they must be in docs/operating.md; an option that is not set has no default there. */
const configurationRows = Object.entries(Options.properties).map(([name, schema]) => [
  ...[name, variableOf(name), `--${flagOf(name)}`].map(inBackquotes),
  schema.default === null ? '' : inBackquotes(String(schema.default)),
  schema.description ?? ''
])

void test('the configuration table is the schema', (t) => {
  t.same(tableRows(operating, 'configuration'), configurationRows)
  t.end()
})

void test('the metrics table is what /metrics shows: names, types, labels', async (t) => {
  const documented = tableRows(operating, 'metrics').map(([name = '', type = '', labels = '']) => ({
    name: codesIn(name)[0] ?? '',
    type,
    labels: codesIn(labels)
  }))
  const real = await metricsOf()
  t.same(documented.map(({ name }) => name).sort(), real.map(({ name }) => name).sort())
  for (const { name, type, labels } of real) {
    const row = documented.find((one) => one.name === name)
    t.equal(row?.type, type, name)
    if (labels !== null) t.same(row?.labels.toSorted(), labels.toSorted(), name)
  }
})

void test('the keys of the dashboard are those that it lists itself', (t) => {
  const documented = tableRows(dashboard, 'dashboard keys')
  t.same(
    documented,
    KEYS.map(([key, does]) => [inBackquotes(key), does])
  )
  t.end()
})

void test('every route is in the API page, and no other, with its query', async (t) => {
  const routes = await routesOf()
  const documented = codesIn(api.text).filter((code) => /^[A-Z]+ \//.test(code))
  t.same([...new Set(documented)].sort(), routes.map(({ name }) => name).sort())

  const queryOf = (wanted: string) => routes.find(({ name }) => name === wanted)?.query.sort()
  for (const name of ['GET /jobs', 'GET /runs', 'GET /runs/hourly']) {
    t.same(firstColumn(api, `query: ${name}`).sort(), queryOf(name), name)
  }
  t.same(firstColumn(events, 'query: GET /events').sort(), queryOf('GET /events'))
  const modes = tableRows(api, 'query: DELETE /jobs/:id').flatMap(([first = '']) => codesIn(first))
  t.same(queryOf('DELETE /jobs/:id'), ['dry_run', 'running'])
  t.same(modes, ['cancel', 'finish', 'refuse'])
})

void test('every field has its row', (t) => {
  t.same(firstColumn(jobs, 'fields: JobInput'), Object.keys(JobInput.properties).sort(byTable()))
  t.same(firstColumn(jobs, 'fields: server').sort(), [...SERVER_FIELDS].sort())
  const retry = Object.keys(Job.properties.retry.properties)
  t.same(firstColumn(jobs, 'fields: RetryFields').sort(), retry.sort())
  t.same(firstColumn(api, 'fields: System').sort(), Object.keys(System.properties).sort())
  t.same(firstColumn(api, 'fields: Run').sort(), Object.keys(Run.properties).sort())
  t.same(firstColumn(api, 'fields: RunHour'), Object.keys(RunHour.properties))
  t.same(firstColumn(targets, 'fields: HttpTarget'), Object.keys(HttpTarget.properties))
  t.same(firstColumn(targets, 'fields: CommandTarget'), Object.keys(CommandTarget.properties))
  t.end()

  function byTable() {
    const order = firstColumn(jobs, 'fields: JobInput')
    return (left: string, right: string) => order.indexOf(left) - order.indexOf(right)
  }
})

void test('every event of the stream has its row, with the fields of its data', (t) => {
  const rows = tableRows(events, 'events').map(([name = '', topic = '', data = '']) => ({
    name: codesIn(name)[0],
    topic: codesIn(topic),
    data: codesIn(data)
  }))
  const real = Object.entries(FeedEvents).map(([name, schema]) => [
    name,
    Object.keys(schema.properties)
  ])
  t.same(
    rows.map(({ name, data }) => [name, data]),
    real
  )
  t.same(
    rows.flatMap(({ topic }) => topic),
    FEED_TOPICS
  )
  t.end()
})

void test('the defaults in the tables are those that a job gets', (t) => {
  const defaultsOf = (name: string) =>
    new Map(tableRows(jobs, name).map(([first = '', second = '']) => [codesIn(first)[0], second]))
  const job = withDefaults({ name: 'x' })
  const fields = defaultsOf('fields: JobInput')
  for (const name of ['timezone', 'overlap', 'misfire', 'misfire_limit', 'timeout'] as const) {
    t.match(fields.get(name), String(job[name]), name)
  }
  const retry = defaultsOf('fields: RetryFields')
  for (const [name, value] of Object.entries(job.retry))
    t.match(retry.get(name), String(value), name)
  t.end()
})

void test('every state, policy and method is told', async (t) => {
  const { scheduler } = await createTestScheduler(t, { start: false })
  const states = tableRows(jobs, 'states').flatMap(([first = '']) => codesIn(first))
  t.same([...new Set(states)], RUN_STATES)
  t.same(firstColumn(jobs, 'overlap'), OVERLAP_POLICIES)
  t.same(firstColumn(jobs, 'misfire'), MISFIRE_POLICIES)

  const methods = firstColumn(embedding, 'methods: Scheduler')
    .map((call) => /^\w+/.exec(call)?.[0] ?? '')
    .sort()
  t.same(methods, Object.keys(scheduler).sort())
})

void test('every scope has its row', (t) => {
  t.strictSame(firstColumn(keys, 'scopes'), [...SCOPES])
  t.end()
})

void test('every invariant has its rows: what holds, and what to do', (t) => {
  const alerts = readPage('docs/alerts.md')
  for (const page of [operating, alerts]) t.same(firstColumn(page, 'invariants'), INVARIANTS)
  const schema = readFileSync('test/store/schema.sqlite.sql', 'utf8').toLowerCase()
  for (const statement of firstColumn(alerts, 'indexes')) t.ok(schema.includes(`${statement};`))
  t.end()
})

void test('the limits are those that are held', (t) => {
  const limits = new Map(
    tableRows(operating, 'limits').map(([what = '', limit = '']) => [what, limit])
  )
  t.equal(limits.get('`name`'), `${MAX_NAME_LENGTH} characters`)
  t.equal(limits.get('`schedule`'), `${MAX_SCHEDULE_LENGTH} characters`)
  t.equal(limits.get('`params`'), `${MAX_PARAMS_BYTES / 1024} KiB as JSON`)
  t.match(limits.get('body of a request'), `${MAX_BODY_BYTES / 1024} KiB,`)
  t.equal(limits.get('headers of a request'), `${MAX_HEADER_BYTES / 1024} KiB`)
  t.equal(
    limits.get('time for a request to arrive'),
    `${TIMEOUTS.request / 1_000} seconds, its headers ${TIMEOUTS.headers / 1_000}`
  )
  t.match(limits.get('idle connection'), `${TIMEOUTS.idle / 1_000} seconds; `)
  t.equal(limits.get('connections'), MAX_CONNECTIONS.toLocaleString('en'))
  t.equal(limits.get('runs of a job waiting under `queue_all`'), String(MAX_QUEUED_RUNS))
  t.end()
})

void test('every error code has its heading, with what it means and what to do', (t) => {
  const { text } = readPage('docs/problems.md')
  const [, ...sections] = text.split(/^## /m)
  const expected = Object.entries(PROBLEMS).map(
    ([code, { status, meaning, fix }]) =>
      `${code}\n\n${status} ${STATUS_CODES[status]}. ${meaning}\n\n${fix}`
  )
  t.strictSame(
    sections.map((section) => section.trim()),
    expected
  )
  t.end()
})

void test('every command has its row, in the order of the help', (t) => {
  t.strictSame(firstColumn(readPage('docs/command-line.md'), 'commands'), [...commands.keys()])
  t.end()
})

void test('every check of the doctor has its row, in the order in which they are shown', (t) => {
  const rows = firstColumn(readPage('docs/command-line.md'), 'checks')
  t.strictSame(
    rows,
    checks.map(({ name }) => name)
  )
  t.end()
})
