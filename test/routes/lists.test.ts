import { test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { createTestApp, type Answer, type TestApp } from '../helpers/app.ts'

function names(answer: Answer): string[] {
  return (answer.body as Job[]).map((job) => job.name)
}

/** The query of the next page, or null on the last one. */
function nextOf(answer: Answer): string | null {
  const { link } = answer.headers
  if (link === undefined) return null
  return /^<(\?[^>]+)>; rel="next"$/.exec(link)?.[1] ?? `malformed: ${link}`
}

/** Reads page after page; `between` runs after each. */
async function readAll(
  { request }: TestApp,
  path: string,
  between: (page: number) => Promise<void> = async () => undefined
): Promise<{ pages: unknown[][]; items: { id: number }[] }> {
  const pages: { id: number }[][] = []
  let url: string | null = path
  while (url !== null) {
    const answer: Answer = await request(`GET ${url}`)
    if (answer.status !== 200) throw new Error(`${url}: ${answer.text}`)
    pages.push(answer.body as { id: number }[])
    await between(pages.length)
    const next: string | null = nextOf(answer)
    url = next === null ? null : path.replace(/\?.*/, '') + next
  }
  return { pages, items: pages.flat() }
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index)

test('the pages of a list of jobs join to every job once, whatever the size of a page', async (t) => {
  const service = await createTestApp(t)
  for (const index of range(1, 23)) await service.createJob({ name: `n${index}` })
  for (const limit of [1, 7, 22, 23, 24, 1_000]) {
    const { pages, items } = await readAll(service, `/jobs?limit=${limit}`)
    t.strictSame(
      items.map((job) => job.id),
      range(1, 23)
    )
    t.equal(pages.length, Math.ceil(23 / limit), `no page is empty at limit ${limit}`)
  }
})

test('jobs that come and go between two pages neither repeat nor hide others', async (t) => {
  const service = await createTestApp(t)
  for (const index of range(1, 9)) await service.createJob({ name: `n${index}` })
  const { items } = await readAll(service, '/jobs?limit=3', async (page) => {
    if (page === 1) await service.request('DELETE /jobs/3')
    if (page === 2) await service.request('DELETE /jobs/8')
    if (page <= 2) await service.createJob({ name: `late ${page}` })
  })
  t.strictSame(
    items.map((job) => job.id),
    [1, 2, 3, 4, 5, 6, 7, 9, 10, 11]
  )
})

test('the link to the next page is relative and keeps the filter', async (t) => {
  const service = await createTestApp(t)
  for (const index of range(1, 8)) {
    await service.createJob({ name: `a&b=${index % 2}`, tags: ['ü+ %'] })
  }
  const { items } = await readAll(
    service,
    `/jobs?limit=2&q=${encodeURIComponent('a&b=1')}&tag=%C3%BC%2B%20%25`
  )
  t.strictSame(
    items.map((job) => job.id),
    [1, 3, 5, 7]
  )
})

test('jobs are found by part of the name, in which % and _ and \\ stand for themselves', async (t) => {
  const { request, createJob } = await createTestApp(t)
  for (const name of ['100 %', '100 x', 'a_b', 'aXb', 'c\\d', 'Backup', "it's", 'straße']) {
    await createJob({ name })
  }
  for (const [q, found] of [
    ['0 %', ['100 %']],
    ['%', ['100 %']],
    ['a_b', ['a_b']],
    ['\\', ['c\\d']],
    ['\\d', ['c\\d']],
    ['BACK', ['Backup']],
    ["'", ["it's"]],
    ["' or 1=1 --", []],
    ['traß', ['straße']],
    ['nothing', []]
  ] as const) {
    t.strictSame(names(await request(`GET /jobs?q=${encodeURIComponent(q)}`)), found, q)
  }
})

test('jobs are narrowed by tag, state, target and last outcome, and by all of them at once', async (t) => {
  const { request, createJob, clock } = await createTestApp(t, {
    handlers: {
      fail: () => {
        throw new Error('no')
      }
    }
  })
  const handler = { type: 'handler', name: 'fail' }
  await createJob({ name: 'fails', target: handler, tags: ['red', 'blue'] })
  await createJob({ name: 'works', tags: ['red'] })
  await createJob({ name: 'rests', tags: ['reddish'] })
  await createJob({ name: 'calls', target: { type: 'http', url: 'http://localhost:9' } })
  await createJob({ name: 'once', start_date: '2026-01-01T00:00:01Z' })
  await request('POST /jobs/1/run')
  await request('POST /jobs/2/run')
  await request('POST /jobs/3/pause')
  await clock.advance(1_100)
  for (const [query, found] of [
    ['tag=red', ['fails', 'works']],
    ['tag=blue', ['fails']],
    ['tag=RED', []],
    ['state=enabled', ['fails', 'works', 'calls']],
    ['state=paused', ['rests']],
    ['state=finished', ['once']],
    ['target=http', ['calls']],
    ['target=handler', ['fails']],
    ['outcome=failed', ['fails']],
    ['outcome=succeeded', ['works', 'once']],
    ['tag=red&outcome=succeeded&state=enabled&target=log&q=ORK', ['works']],
    ['tag=red&state=paused', []]
  ] as const) {
    const answer = await request(`GET /jobs?${query}&count=true`)
    t.strictSame(names(answer), found, query)
    t.equal(Number(answer.headers['x-total-count']), found.length, query)
  }
})

test('the count is of the whole list, whatever the page, and only sent when asked for', async (t) => {
  const { request, createJob } = await createTestApp(t)
  for (const index of range(1, 5)) await createJob({ name: `n${index}` })
  const first = await request('GET /jobs?limit=2&count=true')
  t.equal(Number(first.headers['x-total-count']), 5)
  const second = await request(`GET /jobs${nextOf(first)}`)
  t.equal(Number(second.headers['x-total-count']), 5)
  t.equal((await request('GET /jobs?limit=2')).headers['x-total-count'], undefined)
  t.equal((await request('GET /jobs?limit=2&count=false')).headers['x-total-count'], undefined)
})

test('a list of nothing is an empty array without a next page', async (t) => {
  const { request } = await createTestApp(t)
  for (const path of ['/jobs', '/runs']) {
    const answer = await request(`GET ${path}`)
    t.strictSame(answer.body, [])
    t.equal(answer.headers['link'], undefined)
  }
})

/** Three jobs with runs: every ten seconds, every fifteen, and by hand. */
async function withRuns(t: Parameters<typeof createTestApp>[0]): Promise<TestApp> {
  const service = await createTestApp(t, {
    handlers: {
      fail: () => {
        throw new Error('no')
      }
    }
  })
  await service.createJob({ name: 'ten', repeat_interval: '10s' })
  await service.createJob({
    name: 'fifteen',
    repeat_interval: '15s',
    target: { type: 'handler', name: 'fail' }
  })
  await service.createJob({ name: 'by hand', schedule: '@daily' })
  await service.clock.advance(62_000)
  await service.request('POST /jobs/3/run')
  await service.clock.advance(10)
  return service
}

test('the pages of a list of runs join to every run once, the newest first', async (t) => {
  const service = await withRuns(t)
  const all = await service.listRuns()
  t.equal(all.length, 6 + 4 + 1)
  for (const limit of [1, 4, 10, 11, 100]) {
    const { items, pages } = await readAll(service, `/runs?limit=${limit}`)
    t.strictSame(items, all)
    t.equal(pages.length, Math.ceil(11 / limit))
  }
  for (const [id, count] of [
    [1, 6],
    [2, 4],
    [3, 1]
  ] as const) {
    const { items } = await readAll(service, `/jobs/${id}/runs?limit=2`)
    t.equal(items.length, count)
    const instants = (items as Run[]).map((run) => run.scheduled_for)
    t.strictSame(instants, instants.toSorted().toReversed())
    t.strictSame(new Set(instants).size, count)
    t.strictSame(await service.listRuns(`?job_id=${id}`), items)
  }
})

test('runs that come between two pages do not shift what follows', async (t) => {
  const service = await withRuns(t)
  for (const path of ['/runs', '/jobs/1/runs', '/runs?job_id=1']) {
    const separator = path.includes('?') ? '&' : '?'
    const before = (await service.request(`GET ${path}`)).body as Run[]
    const { items } = await readAll(service, `${path}${separator}limit=2`, async () => {
      await service.clock.advance(10_000)
    })
    t.strictSame(
      items.map((run) => run.id),
      before.map((run) => run.id),
      path
    )
  }
})

test('runs are narrowed by job, state, cause and instant', async (t) => {
  const { request } = await withRuns(t)
  const second = (run: Run): string => run.scheduled_for.slice(14, 19)
  for (const [query, found] of [
    ['job_id=2', ['01:00', '00:45', '00:30', '00:15']],
    ['state=failed', ['01:00', '00:45', '00:30', '00:15']],
    ['job_id=1&state=failed', []],
    ['cause=manual', ['01:02']],
    [
      'cause=schedule&state=succeeded&from=2026-01-01T00:00:30Z',
      ['01:00', '00:50', '00:40', '00:30']
    ],
    ['job_id=1&from=2026-01-01T00:00:20Z&to=2026-01-01T00:00:40Z', ['00:30', '00:20']],
    ['job_id=1&from=2026-01-01T01:00:50%2B01:00', ['01:00', '00:50']],
    ['from=2027-01-01T00:00:00Z', []],
    ['from=2026-01-01T00:00:10Z&to=2026-01-01T00:00:11Z', ['00:10']],
    ['from=2026-01-01T00:00:10Z&to=2026-01-01T00:00:10Z', []],
    ['job_id=1&reason=overlap', []]
  ] as const) {
    const answer = await request(`GET /runs?${query}`)
    t.strictSame((answer.body as Run[]).map(second), found, query)
  }
  t.strictSame((await request('GET /jobs/3/runs?state=failed')).body, [])
})

test('what narrows no runs is refused by field, value and fix', async (t) => {
  const { request } = await withRuns(t)
  const later = 'from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z'
  const refused: readonly [query: string, field: string, detail: RegExp][] = [
    [later, 'from', /"2026-01-02T00:00:00Z", which is after "to", "2026-01-01T00:00:00Z"; correct/],
    ['from=2026-01-01T00:00:00', 'from', /with an offset, such as/],
    ['from=2026-01-01T00:00:00+01:00', 'from', /write "\+" as "%2B"/],
    ['to=yesterday', 'to', /"yesterday", but must be an RFC 3339/],
    ['reason=overlap', 'reason', /"overlap", which .* give "state" or "job_id", too/],
    ['state=skipped&reason=', 'reason', /at least 1/],
    ['state=broken', 'state', /must be one of pending/],
    ['cause=magic', 'cause', /must be one of schedule/]
  ]
  for (const [query, field, detail] of refused) {
    const { status, body } = await request(`GET /runs?${query}`)
    t.equal(status, 400, query)
    t.match(body, { errors: [{ in: 'query', pointer: `/${field}`, detail }] }, query)
  }
  t.equal((await request(`GET /jobs/1/runs?${later}`)).status, 400)
  t.equal((await request('GET /jobs/1/runs?reason=overlap')).status, 200, 'of one job it is found')
})

test('a record of a run says everything about it', async (t) => {
  const { request } = await withRuns(t)
  t.match((await request('GET /runs?job_id=2&limit=1')).body, [
    {
      job_id: 2,
      job_version: 1,
      scheduled_for: '2026-01-01T00:01:00.000Z',
      cause: 'schedule',
      state: 'failed',
      reason: null,
      count: 1,
      attempt: 1,
      fencing_token: 1,
      lateness_ms: 0,
      duration_ms: 0,
      error: { code: 'exception', message: 'no' },
      attempts: [{ attempt: 1, outcome: 'failed', error: { code: 'exception' } }]
    }
  ])
})

test('GET /jobs/activity is bounded, and says so by field', async (t) => {
  const { request, createJob } = await createTestApp(t)
  const { id } = await createJob({})
  const { status, body } = await request(`GET /jobs/activity?ids=77,${id}&runs=50`)
  t.equal(status, 200)
  t.match(body, [{ job_id: id, description: /^Every hour/, runs: [], p50_duration_ms: null }])
  const many = (count: number) => Array.from({ length: count }, (_, index) => index + 1).join(',')
  t.equal((await request(`GET /jobs/activity?ids=${many(100)}`)).status, 200)
  const refused: readonly [query: string, field: string][] = [
    ['', 'ids'],
    ['ids=', 'ids'],
    ['ids=1,', 'ids'],
    ['ids=1,x', 'ids'],
    ['ids=1e3', 'ids'],
    [`ids=${many(101)}`, 'ids'],
    [`ids=${'1'.repeat(5_000)}`, 'ids'],
    ['ids=1&runs=0', 'runs'],
    ['ids=1&runs=51', 'runs'],
    ['ids=1&runs=many', 'runs'],
    ['ids=1&limit=5', 'limit']
  ]
  for (const [query, field] of refused) {
    const answer = await request(`GET /jobs/activity?${query}`)
    t.equal(answer.status, 400, query)
    t.match(answer.body, { errors: [{ in: 'query', pointer: `/${field}` }] })
  }
})
