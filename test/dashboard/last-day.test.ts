import { test } from 'tap'
import { appOf } from '../../plugins/instance.ts'
import { browserSkipped } from '../helpers/browser.ts'
import {
  faultsInEveryLook,
  openDashboard,
  untilCount,
  type Dashboard
} from '../helpers/dashboard.ts'
import { createManualClock } from '../helpers/manual-clock.ts'

const skip = browserSkipped
const HOUR = 3_600_000
const NOW = Date.parse('2026-03-02T12:30:00Z')

/** What would have been counted in a day in which some hours went badly. */
async function insertCounts({ server }: Dashboard): Promise<void> {
  const row = (hoursAgo: number, outcome: 'succeeded' | 'failed', occurrences: number) => ({
    hour: NOW - 0.5 * HOUR - hoursAgo * HOUR,
    replica: 1,
    outcome,
    occurrences
  })
  const quiet = Array.from({ length: 24 }, (_, hours) => row(hours, 'succeeded', 60 + 7 * hours))
  const bad = [row(3, 'failed', 40), row(15, 'failed', 1), row(24, 'failed', 5)]
  const { db } = appOf(server)
  await db.query
    .insertInto('carillon_run_counts')
    .values([...quiet, ...bad])
    .execute()
}

test('a day is seen at a glance, and each bar leads to its runs', { skip }, async (t) => {
  const clock = createManualClock(NOW)
  const dashboard = await openDashboard(t, { autoStart: false }, clock)
  const { page, scheduler, show, complaints } = dashboard
  await scheduler.createJob({ name: 'Rare', schedule: '@yearly' })
  await show('#/')
  await page.getByText('Nothing was to run.').waitFor()
  await insertCounts(dashboard)
  await page.reload()
  await page.getByRole('heading', { name: 'Last 24 hours' }).waitFor()
  await page.getByLabel('Time zone').selectOption('utc')
  const total = 24 * 60 + (7 * 23 * 24) / 2
  const chart = page.getByRole('img', { name: `${total} succeeded, 41 failed` })
  await chart.waitFor()
  await untilCount(chart.locator('rect.succeeded'), 24)
  await untilCount(chart.locator('rect.failed'), 2)
  t.equal(await chart.locator('rect.failed title').first().textContent(), '21:00: 1 failed')
  const numbers = page.getByRole('list', { name: 'Numbers' })
  const failed = numbers.getByRole('link', { name: '41 failed in 24 h' })
  t.equal(
    await failed.getAttribute('href'),
    '#/runs?state=failed&from=2026-03-01T13%3A00%3A00.000Z'
  )
  t.strictSame(await faultsInEveryLook(page), [])

  await page.setViewportSize({ width: 1280, height: 800 })
  await chart.locator('rect.failed').last().click()
  await page.getByRole('heading', { name: 'Runs' }).waitFor()
  t.match(
    page.url(),
    /#\/runs\?state=failed&from=2026-03-02T09%3A00%3A00.000Z&to=2026-03-02T10%3A00%3A00.000Z$/
  )
  await page.goBack()

  const summary = page.getByText('Hour by hour')
  await summary.focus()
  await page.keyboard.press('Enter')
  const hours = page.locator('.hour-list')
  await untilCount(hours.locator('li'), 24)
  t.match(await hours.locator('li').nth(20).innerText(), /^09:00\s+81 succeeded\s+40 failed$/)
  t.strictSame(await faultsInEveryLook(page), [])
  const link = hours.getByRole('link', { name: '40 failed' })
  await link.focus()
  await page.keyboard.press('Enter')
  await page.waitForURL(/state=failed&from=2026-03-02T09/)
  t.strictSame(complaints, [])
})

test('the hours are counted on while somebody looks', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Rare', schedule: '@yearly' })
  await show('#/')
  await page.getByText('Nothing was to run.').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await scheduler.run(id)
  await page.getByRole('img', { name: '1 succeeded' }).waitFor()
  await scheduler.run(id)
  await page.getByRole('img', { name: '2 succeeded' }).waitFor()
  t.strictSame(complaints, [])
})

test('a job that missed something needs attention until it has succeeded', { skip }, async (t) => {
  const clock = createManualClock(NOW)
  const { page, scheduler, show, complaints } = await openDashboard(t, { autoStart: false }, clock)
  const missing = { repeat_interval: '10m', misfire: 'skip' } as const
  const { id } = await scheduler.createJob({ name: 'Backup', ...missing })
  const gone = await scheduler.createJob({ name: 'Gone', ...missing })
  clock.jumpTo(NOW + 5 * HOUR + 300_000)
  await scheduler.start()
  await clock.advance(50)
  await scheduler.deleteJob(gone.id)
  await show('#/')
  await page.getByText('1 job needs attention').waitFor()
  const troubled = page.locator('.attention li')
  t.match(
    await troubled.innerText(),
    /Backup ◌ missed, was due 5 min ago\s+run \d+: 1 occurrence, /
  )
  await page.getByRole('img', { name: /^60 missed$/ }).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])

  await page.getByRole('button', { name: 'Live' }).waitFor()
  await clock.advance(1_000)
  await scheduler.run(id)
  await clock.advance(2_000)
  await page.getByText('All quiet').waitFor()
  t.strictSame(
    complaints.filter((line) => !line.includes('404')),
    []
  )
})
