import type { ServerResponse } from 'node:http'
import { t as file, test } from 'tap'
import { appOf } from '../../plugins/instance.ts'
import { attemptResponse } from '../../src/domain/http-response.ts'
import type { Run } from '../../src/domain/run.ts'
import { encodeAttempts } from '../../src/store/run-codec.ts'
import { browserSkipped } from '../helpers/browser.ts'
import {
  faultsInEveryLook,
  openDashboard,
  untilCount,
  type Dashboard
} from '../helpers/dashboard.ts'
import { createGate } from '../helpers/gate.ts'
import { createSink, type Sink } from '../helpers/sink.ts'

/** A browser in every look takes its time on a busy machine. */
file.setTimeout(120_000)

const skip = browserSkipped

/** Lets the test answer the next calls when it likes. */
function holdAnswers(sink: Sink): ServerResponse[] {
  const held: ServerResponse[] = []
  sink.respondWith((response) => held.push(response))
  return held
}

const MARKUP = '<img src=x onerror="document.title=1"> over capacity'

test('why a run failed is read from its screen, while it goes on', { skip }, async (t) => {
  const sink = await createSink(t)
  const held = holdAnswers(sink)
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const { id } = await scheduler.createJob({
    name: 'Invoices',
    repeat_interval: '1h',
    params: { n: 1 },
    target: { type: 'http', url: `${sink.url}/hook?token=canary`, headers: { 'X-Team': "it's" } },
    retry: { max_attempts: 2, backoff: 'fixed', initial: '1s' }
  })
  const run = await scheduler.run(id)
  await sink.next()
  await show(`#/runs/${run.id}`)
  const lead = page.locator('.lead')
  await lead.getByText(/^.*running\s+for \d/).waitFor()
  held[0]?.writeHead(503, { 'set-cookie': 'id=canary', 'x-why': '<b>load</b>' }).end(MARKUP)
  const attempts = page.locator('.attempts > li')
  await attempts.first().getByText('Response: HTTP 503').waitFor()
  await sink.next()
  await lead.getByText(', attempt 2 for').waitFor()
  held[1]?.writeHead(200).end('y'.repeat(10_000))
  await lead.getByText('succeeded after 2 attempts in').waitFor()
  await untilCount(attempts, 2)
  await page.getByText(/^Waited .* in 2 attempts with .* between them$/).waitFor()

  await attempts.first().getByText('Response: HTTP 503').click()
  await page.getByLabel('Response body').getByText(MARKUP).waitFor()
  const headers = await page.getByLabel('Response headers').first().textContent()
  t.match(headers, /set-cookie: \*\*\*/)
  t.match(headers, /x-why: <b>load<\/b>/)
  t.equal(await page.locator('main img').count(), 0)

  await attempts.first().getByText('Request', { exact: true }).click()
  await page.getByLabel('Request headers').getByText(`POST ${sink.url}/hook?token=***`).waitFor()
  t.equal(await page.getByLabel('Request body').textContent(), '{"n":1}')
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByText('Copied.').waitFor()
  const curl = String(await page.evaluate('navigator.clipboard.readText()'))
  t.match(curl, /^curl -X POST 'http:.*\?token=\*\*\*' \\\n {2}-H 'X-Team: it'\\''s'/)
  t.match(curl, / -H 'Carillon-Attempt: 1' /)
  t.match(curl, /--data-raw '{"n":1}'$/)
  t.notMatch(curl, /traceparent|canary/)
  await page.getByRole('button', { name: 'Copy link' }).click()
  t.match(await page.evaluate('navigator.clipboard.readText()'), new RegExp(`#/runs/${run.id}$`))

  await attempts.nth(1).getByText('Response: HTTP 200').click()
  const whole = page.getByLabel('Response body').nth(1)
  t.equal((await whole.textContent())?.length, 10_000, 'more than the beginning, of the last one')
  t.equal(await page.getByText('There is more of it.').count(), 0)
  await scheduler.run(id)
  await page.getByRole('link', { name: 'Next run →' }).click()
  await page.getByRole('heading', { name: `Run ${run.id + 1}` }).waitFor()
  await page.getByRole('link', { name: '← Previous run' }).click()
  await page.getByRole('heading', { name: `Run ${run.id}` }).waitFor()
  held[2]?.writeHead(404).end()
  await page.getByRole('link', { name: 'Next run →' }).click()
  await lead.getByText(/failed\s+in .*: HTTP 404/).waitFor()
  await page.getByText('Response: HTTP 404').click()
  await untilCount(page.getByLabel('Response headers'), 1)
  t.equal(await page.getByLabel('Response body').count(), 0)
  t.strictSame(complaints, [])
})

/** A run of a job that is gone with its definition, tried so often that answers gave way to others. */
async function insertOldRun({ server }: Dashboard): Promise<number> {
  const at = Date.now() - 60_000
  const response = attemptResponse({
    status: 503,
    content_type: null,
    headers: {},
    omitted_headers: 0,
    headers_ms: 1,
    body: 'x'.repeat(4_000),
    truncated: false
  })
  const attempts = Array.from({ length: 25 }, (_, index): Run['attempts'][number] => ({
    attempt: index + 1,
    started_at: new Date(at).toISOString(),
    finished_at: new Date(at).toISOString(),
    outcome: 'failed',
    replica: null,
    error: null,
    response
  }))
  const row = { job_id: 7, job_version: 1, scheduled_for: at, seq: 0, occurrences: 1 } as const
  const { insertId } = await appOf(server)
    .db.query.insertInto('carillon_runs')
    .values({
      ...row,
      cause: 'schedule',
      state: 'failed',
      attempt: 25,
      attempts: encodeAttempts(attempts),
      queued_at: at,
      started_at: at,
      finished_at: at + 5
    })
    .executeTakeFirstOrThrow()
  return Number(insertId)
}

test('what is kept no longer is said to be', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, show } = dashboard
  await show(`#/runs/${await insertOldRun(dashboard)}`)
  const first = page.locator('.attempts > li').first()
  await first.getByText('Response: HTTP 503').click()
  await first.getByText('Response body not kept').waitFor()
  await first.getByText('Request', { exact: true }).click()
  await first.getByText('the definition that it had is kept no longer').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
})

test('what a handler logs is followed until the reader scrolls up', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const calls = createGate(scheduler, 'work')
  const target = { type: 'handler', name: 'work' } as const
  const { id } = await scheduler.createJob({ name: 'Work', repeat_interval: '1h', target })
  const run = await scheduler.run(id)
  await show(`#/runs/${run.id}`)
  await page.locator('.lead .state.running').waitFor()
  const log = calls[0]?.attempt.log
  log?.info({ count: 3 }, 'Begun <b>now</b>.')
  const box = page.getByRole('region', { name: 'Log' })
  await box.getByText('info Begun <b>now</b>. {"count":3}').waitFor()
  for (let line = 2; line <= 60; line++) log?.warn({}, `line ${line}`)
  await box.getByText('line 60').waitFor()
  const distance = (): Promise<number> =>
    box.evaluate((one) => one.scrollHeight - one.scrollTop - one.clientHeight)
  t.ok((await distance()) < 5, 'at the end')
  t.strictSame(await faultsInEveryLook(page), [])

  await box.evaluate((one) => one.scrollTo(0, 0))
  await page.evaluate('new Promise(requestAnimationFrame)')
  log?.error({}, 'bad')
  await box.getByText('bad').waitFor()
  t.ok((await distance()) > 100, 'where the reader is')
  for (let line = 62; line <= 300; line++) log?.info({}, `line ${line}`)
  calls[0]?.reject(new Error('It broke.'))
  await page.locator('.lead').getByText('failed in').waitFor()
  await box.getByText('line 300').waitFor()
  await page.getByText('100 earlier lines not kept.').waitFor()
  t.strictSame(complaints, [])
})
