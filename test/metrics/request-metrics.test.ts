import { Registry } from '@prometheus-io/client'
import { test } from 'tap'
import { createRequestMetrics } from '../../src/metrics/request-metrics.ts'

const ROUTE = { type: 'get_job', method: 'GET', route: '/jobs/:id', status: 200 }

async function linesOf(registry: Registry): Promise<string[]> {
  const text = await registry.metrics()
  return text.split('\n').filter((line) => line !== '')
}

test('durations are shown as Prometheus has them: a bound counts all up to it', async (t) => {
  const registry = new Registry()
  const observe = createRequestMetrics(registry).series(ROUTE)
  for (const seconds of [0.000_4, 0.001, 0.002, 10, 11]) observe(seconds)
  const lines = await linesOf(registry)
  const of = (le: string) =>
    `http_request_duration_seconds_bucket{le="${le}",method="GET",route="/jobs/:id",status_code="200"}`
  for (const line of [`${of('0.001')} 2`, `${of('0.005')} 3`, `${of('10')} 4`, `${of('+Inf')} 5`]) {
    t.ok(lines.includes(line), line)
  }
  const labels = '{method="GET",route="/jobs/:id",status_code="200"}'
  t.ok(lines.includes(`http_request_duration_seconds_count${labels} 5`))
  t.ok(lines.some((line) => line.startsWith(`http_request_duration_seconds_sum${labels} 21.0034`)))
  t.ok(lines.includes('# TYPE http_request_duration_seconds histogram'))
  const metric = await registry.getSingleMetric('http_request_duration_seconds')?.get()
  t.equal(metric?.values.length, 15)
})

test('a request is counted once, however often it is asked', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry)
  const one = metrics.series(ROUTE)
  const head = metrics.series({ ...ROUTE, method: 'HEAD' })
  one(0)
  one(0)
  head(0)
  const line = (count: number) => `requests{type="get_job",status="200"} ${count}`
  t.ok((await linesOf(registry)).includes(line(3)))
  t.ok((await linesOf(registry)).includes(line(3)))
  one(0)
  t.ok((await linesOf(registry)).includes(line(4)))
})

test('what is none of our routes is counted, and not timed', async (t) => {
  const registry = new Registry()
  createRequestMetrics(registry).series({ ...ROUTE, type: 'unknown', route: null, status: 404 })(1)
  const lines = await linesOf(registry)
  t.ok(lines.includes('requests{type="unknown",status="404"} 1'))
  t.notOk(lines.some((line) => line.startsWith('http_request_duration_seconds_count')))
})
