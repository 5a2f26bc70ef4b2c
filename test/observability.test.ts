/** Alerts and dashboard, held to what /metrics really shows and to the page that explains them. */
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test, type Test } from 'tap'
import { parse } from 'yaml'
import { alertQueries, longestGapMs } from '../dashboard/src/screens/job/alert-queries.ts'
import { readText, readYaml } from './helpers/deploy-files.ts'
import { scrapedMetrics } from './helpers/doc-app.ts'
import { anchorsOf, codesIn, readPage, tableRows } from './helpers/markdown.ts'
import { inTempFolder, runToEnd } from './helpers/processes.ts'
import { namesIn } from './helpers/promql.ts'

const PROMETHEUS = 'deploy/prometheus'

interface Rule {
  alert?: string
  record?: string
  expr: string
  for?: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
}

interface RuleTest {
  name: string
  promql_expr_test?: { expr: string; exp_samples: unknown[] }[]
}

interface Panel {
  id: number
  type: string
  title: string
  gridPos: { x: number; y: number; w: number; h: number }
  datasource?: { uid: string }
  fieldConfig?: { defaults: { unit?: string } }
  targets?: { expr: string; refId: string }[]
}

interface Dashboard {
  schemaVersion: number
  panels: Panel[]
  templating: { list: { name: string; type: string; definition?: string }[] }
}

const groups = (readYaml(`${PROMETHEUS}/alerts.yaml`) as { groups: { rules: Rule[] }[] }).groups
const rules = groups.flatMap((group) => group.rules)
const alerts = rules.filter((rule) => rule.alert !== undefined)
const records = rules.flatMap(({ record }) => (record === undefined ? [] : [record]))
const { tests } = readYaml(`${PROMETHEUS}/alerts.test.yaml`) as { tests: RuleTest[] }
const dashboard = JSON.parse(readText('deploy/grafana/carillon.json')) as Dashboard
const panels = dashboard.panels.filter(({ type }) => type !== 'row')
const page = readPage('docs/alerts.md')

const queries = tableRows(page, 'queries').flatMap(([, query = '']) => codesIn(query))
const inPage = page.blocks
  .filter(({ info }) => info === 'yaml alerts')
  .flatMap(({ code }) => (parse(code) as { groups: { rules: Rule[] }[] }).groups)
  .flatMap((group) => group.rules.map(({ expr }) => expr))

/** What the screen of a job offers. */
const ofOneJob = [...alertQueries(7, 3_600_000, 1), ...alertQueries(7, null, 2)].map(
  ({ promql }) => promql
)

/** Grafana puts a duration in place of its own variables. */
const asPromql = (expr: string) => expr.replaceAll(/\$__\w+/g, '5m')
const shownInPanels = panels.flatMap(({ targets = [] }) =>
  targets.map(({ expr }) => asPromql(expr))
)
const definitions = dashboard.templating.list.flatMap(({ definition }) => {
  const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec(definition ?? '') ?? []
  return selector === undefined ? [] : [`max by (${label}) (${selector})`]
})

async function promtool(t: Test, args: string[], files: Record<string, string>): Promise<void> {
  await inTempFolder(async (folder) => {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text)
    const { code, stdout, stderr } = await runToEnd('promtool', args, { cwd: folder })
    if (code === 127) t.pass('promtool', { skip: 'promtool is not installed' })
    else t.equal(code, 0, stdout + stderr)
  })
}

const ruleFiles = {
  'alerts.yaml': readText(`${PROMETHEUS}/alerts.yaml`),
  'alerts.test.yaml': readText(`${PROMETHEUS}/alerts.test.yaml`)
}

void test('promtool accepts the rules, and they pass their own tests', async (t) => {
  await promtool(t, ['check', 'rules', 'alerts.yaml'], ruleFiles)
  await promtool(t, ['test', 'rules', 'alerts.test.yaml'], ruleFiles)
})

void test('promtool accepts every query of the dashboard and of the page', async (t) => {
  const all = [...shownInPanels, ...definitions, ...queries, ...inPage, ...ofOneJob]
  const written = all.map((expr, index) => ({ record: `query_${index}`, expr }))
  const text = JSON.stringify({ groups: [{ name: 'queries', rules: written }] })
  t.ok(all.length > 30)
  await promtool(t, ['check', 'rules', 'queries.yaml'], { 'queries.yaml': text })
})

void test('every metric and label that is asked for is one that /metrics shows', async (t) => {
  const labelsOf = new Map((await scrapedMetrics()).map(({ name, labels }) => [name, labels]))
  const documented = tableRows(readPage('docs/operating.md'), 'metrics')
  for (const [name = '', , labels = ''] of documented) {
    // Without a series there are none in the text; this table is compared with the code elsewhere.
    labelsOf.set(codesIn(name)[0] ?? '', codesIn(labels))
  }
  const ofTheScrape = ['job', 'instance', 'le']
  const asked = [...rules.map(({ expr }) => expr), ...shownInPanels]
  for (const expr of [...asked, ...definitions, ...queries, ...inPage, ...ofOneJob]) {
    const { metrics, labels } = namesIn(expr)
    const known = new Set(ofTheScrape)
    for (const metric of metrics) {
      if (metric === 'up' || records.includes(metric)) continue
      const found =
        labelsOf.get(metric) ?? labelsOf.get(metric.replace(/_(?:bucket|sum|count)$/, ''))
      t.ok(found !== undefined, `${metric} in ${expr}`)
      for (const label of found ?? []) known.add(label)
    }
    t.ok(metrics.length > 0, `a metric in ${expr}`)
    for (const label of labels) t.ok(known.has(label), `${label} in ${expr}`)
  }
})

void test('every alert says how bad it is, what is wrong, and where to read on', (t) => {
  const anchors = anchorsOf(page)
  for (const { alert = '', labels = {}, annotations = {}, for: lasting } of alerts) {
    t.match(labels['severity'], /^(?:critical|warning)$/, alert)
    t.match(lasting, /^\d+[mh]$/, alert)
    t.match(annotations['summary'], /\S.*\.$/, alert)
    t.match(annotations['description'], /\S.*\.$/, alert)
    const [file, anchor = ''] = (annotations['runbook_url'] ?? '').split('#')
    t.equal(file, 'docs/alerts.md', alert)
    t.equal(anchor, alert.toLowerCase())
    t.ok(anchors.has(anchor), `${alert} has its heading`)
  }
  t.end()
})

void test('the table of alerts is the rules', (t) => {
  const inTable = tableRows(page, 'alerts').map(([name = '', severity, lasting = '']) => [
    codesIn(name)[0],
    severity,
    codesIn(lasting)[0]
  ])
  t.same(
    inTable,
    alerts.map((rule) => [rule.alert, rule.labels?.['severity'], rule.for])
  )
  t.end()
})

void test('each alert has a case in which it fires and one in which it does not', (t) => {
  for (const { alert = '' } of alerts) {
    const cases = tests.flatMap(({ promql_expr_test: asked = [] }) =>
      asked.filter(({ expr }) => expr.includes(`alertname="${alert}", alertstate="firing"})`))
    )
    t.strictSame(
      cases.map(({ exp_samples: samples }) => samples.length),
      [1, 0],
      alert
    )
  }
  t.end()
})

void test('every panel has a title, a unit, a query, a place and an id of its own', (t) => {
  const ids = dashboard.panels.map(({ id }) => id)
  t.equal(new Set(ids).size, ids.length)
  const titles = dashboard.panels.map(({ title }) => title)
  t.equal(new Set(titles).size, titles.length)
  for (const { title, fieldConfig, targets = [], datasource, gridPos } of panels) {
    t.ok(fieldConfig?.defaults.unit, `${title}: unit`)
    t.ok(targets.length > 0, `${title}: query`)
    t.equal(new Set(targets.map(({ refId }) => refId)).size, targets.length, title)
    t.equal(datasource?.uid, '${datasource}', title)
    t.ok(gridPos.x + gridPos.w <= 24, `${title}: place`)
    const inTheWay = panels.filter(
      ({ gridPos: other }) =>
        other.x < gridPos.x + gridPos.w &&
        gridPos.x < other.x + other.w &&
        other.y < gridPos.y + gridPos.h &&
        gridPos.y < other.y + other.h
    )
    t.equal(inTheWay.length, 1, `${title}: nothing else is there`)
  }
  t.end()
})

void test('the dashboard asks for the source of its data, the service, and the jobs', (t) => {
  const variables = dashboard.templating.list.map(({ name, type }) => `${name} ${type}`)
  t.strictSame(variables, ['datasource datasource', 'job query', 'job_id query'])
  for (const expr of shownInPanels) t.match(expr, 'job="$job"', expr)
  t.ok(dashboard.schemaVersion >= 39)
  t.match(page.text, '`deploy/grafana/carillon.json`')
  t.end()
})

void test('the queries of a job answer when it is in trouble, and only then', async (t) => {
  const now = 36_000
  const series = (name: string, value: number) => ({
    series: `scheduler_job_${name}{job_id="7",instance="a"}`,
    values: `${value}x700`
  })
  const cases: readonly [failures: number, lastSuccess: number, next: number][] = [
    [0, now - 7_200, now - 60],
    [1, now - 7_201, now - 61]
  ]
  const asked = cases.map(([failures, lastSuccess, next], isIll) => ({
    interval: '1m',
    input_series: [
      series('consecutive_failures', failures),
      series('last_success_timestamp_seconds', lastSuccess),
      series('next_run_timestamp_seconds', next)
    ],
    promql_expr_test: alertQueries(7, 3_600_000, 2).map(({ promql }, index) => ({
      expr: promql,
      eval_time: '10h',
      exp_samples: isIll === 0 ? [] : [{ labels: '{}', value: [1, 7_201, 61][index] }]
    }))
  }))
  const text = JSON.stringify({ evaluation_interval: '1m', rule_files: [], tests: asked })
  await promtool(t, ['test', 'rules', 'job.test.yaml'], { 'job.test.yaml': text })
  t.equal(longestGapMs([0, 10, 50, 60]), 40)
  t.equal(longestGapMs([5]), null)
})
