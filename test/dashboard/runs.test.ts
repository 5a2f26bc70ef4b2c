import { test } from 'tap'
import type { Scheduler } from '../../src/scheduler.ts'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createGate } from '../helpers/gate.ts'
import { createManualClock, type ManualClock } from '../helpers/manual-clock.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped
const NOW = Date.parse('2026-03-02T03:10:00Z')

/** Two jobs that failed at 01:00, 02:00 and 03:00, and one that did not. */
async function fill(scheduler: Scheduler, clock: ManualClock): Promise<{ isWell: boolean }> {
  const health = { isWell: false }
  scheduler.handle('ill', async () => {
    if (!health.isWell) throw new Error('The disk is full')
  })
  const hourly = { schedule: '0 * * * *', target: { type: 'handler', name: 'ill' } } as const
  await scheduler.createJob({ name: 'Backup', ...hourly, overlap: 'allow' })
  await scheduler.createJob({ name: 'Once at a time', ...hourly })
  await scheduler.createJob({ name: 'Well', ...hourly, target: { type: 'log' } })
  for (const id of [1, 2, 3]) {
    await scheduler.backfill(id, { from: '2026-03-02T00:30:00Z', to: '2026-03-02T03:05:00Z' })
  }
  await until('the end of all of them', async () => {
    await clock.advance(10)
    const runs = await scheduler.listRuns()
    return runs.every(({ finished_at: at }) => at !== null)
  })
  return health
}

test(
  'runs are narrowed by job, state, cause and time, all of it in the address',
  { skip },
  async (t) => {
    const clock = createManualClock(NOW)
    const { page, scheduler, show, complaints } = await openDashboard(t, {}, clock)
    await fill(scheduler, clock)
    const rows = page.locator('tbody tr')
    await show('#/runs')
    await page.getByLabel('Time zone').selectOption('utc')
    await untilCount(rows, 9)
    t.strictSame(await faultsInEveryLook(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.getByText('The disk is full').first().waitFor()
    t.match(await rows.first().innerText(), /10 min 0 s late/)

    await page.getByLabel('Job id').fill('1')
    await page.getByLabel('Job id').press('Enter')
    await untilCount(rows, 3)
    await untilCount(page.getByRole('link', { name: 'Backup' }), 4)
    await page.getByLabel('from').fill('2026-03-02T01:30')
    await page.getByLabel('from').blur()
    await untilCount(rows, 2)
    await page.getByLabel('to', { exact: true }).fill('2026-03-02T03:00')
    await page.getByLabel('to', { exact: true }).blur()
    await untilCount(rows, 1)
    t.match(
      page.url(),
      /#\/runs\?job=1&from=2026-03-02T01%3A30%3A00\.000Z&to=2026-03-02T03%3A00%3A00\.000Z$/
    )
    await page.reload()
    await untilCount(rows, 1)
    t.equal(await page.getByLabel('from').inputValue(), '2026-03-02T01:30')
    await page.getByLabel('cause').selectOption('schedule')
    await page.getByText('No runs in this period.').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await page.getByRole('button', { name: 'Clear filters' }).click()
    await untilCount(rows, 9)
    await page.getByRole('button', { name: 'Last hour' }).click()
    await untilCount(rows, 3)
    t.match(page.url(), /from=2026-03-02T02%3A10/)
    await page.getByRole('button', { name: '24 h' }).click()
    await untilCount(rows, 9)
    await page.getByLabel('state').selectOption('succeeded')
    await untilCount(rows, 3)
    t.strictSame(complaints, [])
  }
)

test('all that failed and match are tried again, their number asked first', { skip }, async (t) => {
  const clock = createManualClock(NOW)
  const { page, scheduler, show, complaints } = await openDashboard(t, {}, clock)
  const health = await fill(scheduler, clock)
  await show('#/runs?from=2026-03-02T01:30:00Z')
  const again = page.getByRole('button', { name: 'Retry all failed that match' })
  const dialog = page.getByRole('dialog')
  await again.click()
  await dialog.getByText('Retry 3 runs?').waitFor()
  await dialog.getByText('1 other would refuse, and say why.').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.setViewportSize({ width: 1280, height: 800 })
  await dialog.getByRole('button', { name: 'Leave it' }).click()
  t.equal((await scheduler.listRuns({ filter: { state: 'failed' } })).length, 6, 'asked, and left')

  health.isWell = true
  await again.click()
  await dialog.getByRole('button', { name: 'Retry', exact: true }).click()
  await page.getByText('3 runs tried again.').waitFor()
  const refused = page.getByRole('region', { name: 'Refused' })
  await refused.getByText('3 done, 1 refused').waitFor()
  t.match(await refused.innerText(), /Run \d+: .* of its job goes on/)
  t.strictSame(await faultsInEveryLook(page), [])
  await clock.advance(100)
  const left = await scheduler.listRuns({ filter: { state: 'failed' } })
  t.equal(left.length, 3)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.getByLabel('state').selectOption('succeeded')
  t.equal(await again.count(), 0, 'what succeeded is not tried again')
  t.strictSame(complaints, [])
})

test(
  'a row says who asked and what was answered, and is cancelled or tried again',
  { skip },
  async (t) => {
    const sink = await createSink(t)
    sink.respondWith((response) => response.writeHead(404).end())
    const { page, scheduler, show, complaints } = await openDashboard(t)
    const calls = createGate(scheduler, 'slow', { obeys: true })
    const http = await scheduler.createJob({
      name: 'http',
      repeat_interval: '1h',
      target: { type: 'http', url: sink.url }
    })
    const slow = {
      name: 'slow',
      repeat_interval: '1h',
      target: { type: 'handler', name: 'slow' }
    } as const
    const { id } = await scheduler.createJob(slow)
    const ann = scheduler.as({ actor: 'Ann', address: null })
    const run = await ann.run(http.id)
    await show('#/runs')
    const first = page.locator('tbody tr').last()
    await first.getByText('manual by Ann').waitFor()
    await first.getByText('The target answered 404 Not Found.').waitFor()
    sink.respondWith((response) => response.end('ok'))
    await first.getByRole('button', { name: `Retry run ${run.id}` }).click()
    await first.getByText('HTTP 200').waitFor()
    t.equal(await first.getByRole('button').count(), 0)

    await scheduler.run(id)
    await untilCount(page.locator('tbody .state.running'), 1)
    t.equal(calls.length, 1)
    await page.getByRole('button', { name: 'Cancel run' }).click()
    await until('the end of it', async () => {
      const [slowRun] = await scheduler.listRuns({ filter: { jobId: id } })
      return slowRun?.state === 'cancelled'
    })
    await untilCount(page.locator('tbody .state.cancelled'), 1)
    t.strictSame(complaints, [])
  }
)

test('what is half typed stays when the list is read anew', { skip }, async (t) => {
  const { page, scheduler, show } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Backup', schedule: '0 0 1 1 *' })
  await show('#/runs')
  await page.getByText('Nothing has run yet.').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.getByLabel('Job id').fill('12')
  await scheduler.run(id)
  await untilCount(page.locator('tbody tr'), 1)
  t.equal(await page.getByLabel('Job id').inputValue(), '12')
})
