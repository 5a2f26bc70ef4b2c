import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped
/** A Monday. */
const NOW = Date.parse('2026-03-02T03:10:00Z')
const TO_WEDNESDAY = ['ArrowRight', 'ArrowRight']
const TO_FOUR = ['ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown']

test('the week says when how much is due, hour by hour and by keyboard', { skip }, async (t) => {
  const clock = createManualClock(NOW)
  const { page, scheduler, show, complaints } = await openDashboard(t, { autoStart: false }, clock)
  await show('#/schedule?view=week')
  await page.getByText('Nothing due in this window.').waitFor()
  await scheduler.createJob({ name: 'Hourly', schedule: '30 * * * *' })
  await scheduler.createJob({ name: 'Backup', schedule: '0,10 4 * * 3' })
  await scheduler.pause((await scheduler.createJob({ name: 'Held', schedule: '* * * * *' })).id)
  await page.reload()
  await page.getByLabel('Time zone').selectOption('utc')
  // 3 hours of today are past; the rest of the week is 165 hours.
  await page
    .getByText('167 runs due in these seven days; the busiest hour is Wed 4, 04:00, with 3.')
    .waitFor()
  t.equal(await page.locator('.peak').getAttribute('aria-label'), 'Wed 4, 04:00, 3 due')
  const cells = page.getByRole('grid').getByRole('button')
  t.equal(await cells.count(), 168)
  t.equal(await page.getByRole('button', { name: ', past' }).count(), 3)
  t.equal(await page.getByRole('button', { name: ', 1 due' }).count(), 164)
  t.strictSame(await faultsInEveryLook(page), [])

  t.equal(await page.locator('.week button[tabindex="0"]').count(), 1, 'one stop of the Tab key')
  await cells.first().focus()
  for (const key of ['ArrowUp', ...TO_WEDNESDAY, ...TO_FOUR]) {
    await page.keyboard.press(key)
  }
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Wed 4, 04:00: 3 due' })
  await untilCount(dialog.locator('li'), 2)
  t.strictSame(await dialog.locator('li').allInnerTexts(), ['Hourly', 'Backup, 2 times'])
  t.strictSame(await faultsInEveryLook(page), [])
  await page.keyboard.press('Escape')
  t.equal(
    await page.locator(':focus').getAttribute('aria-label'),
    'Wed 4, 04:00, 3 due',
    'back where it was'
  )

  // The 100 occurrences that are known of an hourly job end on the fifth day.
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByText('1 run of jobs that are due too often, or too late').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Mon 2, 00:00, past' }).click()
  const link = page.getByRole('link', { name: 'What ran then' })
  t.match(await link.getAttribute('href'), /from=2026-03-02T00%3A00.*to=2026-03-02T01%3A00/)
  t.strictSame(complaints, [])
})

test('what is due is shown job by job, as a picture and as a table', { skip }, async (t) => {
  const clock = createManualClock(NOW)
  const { page, scheduler, show, complaints } = await openDashboard(t, { autoStart: false }, clock)
  await show('#/schedule')
  await page.getByText('Nothing due in this window.').waitFor()
  await scheduler.createJob({ name: 'Every minute', schedule: '* * * * *' })
  await scheduler.createJob({ name: 'Six-hourly', schedule: '0 */6 * * *' })
  await scheduler.createJob({ name: 'Thursdays', schedule: '0 4 * * 4' })
  await page.reload()
  await page.getByText('2 jobs due in the next 24 hours.').waitFor()
  const rows = page.locator('.timeline li')
  t.strictSame(await rows.locator('> a').allInnerTexts(), ['Every minute', 'Six-hourly'])
  await rows.nth(0).getByRole('group', { name: '0 runs, then due at least 100 times' }).waitFor()
  t.equal(await rows.nth(0).locator('.more').count(), 1)
  await rows.nth(1).getByRole('group', { name: '0 runs, then due 4 times' }).waitFor()
  t.equal(await rows.nth(1).locator('.due').count(), 4)
  t.equal(await rows.nth(1).locator('.more').count(), 0)
  await page.getByText('As a table').click()
  t.strictSame(await faultsInEveryLook(page), [])
  const cells = page.locator('tbody tr').nth(1).locator('td')
  await page.getByLabel('Time zone').selectOption('utc')
  t.strictSame(await cells.allInnerTexts(), [
    '–',
    '4 times',
    '2026-03-02 06:00:00 UTC',
    '2026-03-03 00:00:00 UTC'
  ])
  t.strictSame(complaints, [])
})

test(
  'the timeline asks for no more than 30 jobs, and says how many it leaves out',
  { skip },
  async (t) => {
    const { page, scheduler, show, requests } = await openDashboard(t, { autoStart: false })
    for (let count = 0; count < 33; count++) {
      await scheduler.createJob({ name: `Job ${count}`, repeat_interval: `${count + 60}m` })
    }
    await show('#/schedule')
    await page.getByText('30 jobs due in the next 24 hours.').waitFor()
    await page.getByRole('link', { name: '3 other jobs' }).waitFor()
    t.equal(requests.filter((url) => url.includes('/next?')).length, 30)
  }
)

test(
  'the timeline shows how runs went, as far as it is zoomed, and each leads to its run',
  { skip },
  async (t) => {
    const clock = createManualClock(NOW)
    const { page, scheduler, show, complaints } = await openDashboard(t, {}, clock)
    scheduler.handle('ill', () => Promise.reject(new Error('no')))
    const target = { type: 'handler', name: 'ill' } as const
    const tags = ['night']
    await scheduler.createJob({ name: 'Backup', schedule: '0 * * * *', target, tags })
    await scheduler.createJob({ name: 'Well', schedule: '0 */2 * * *' })
    for (const id of [1, 2]) {
      await scheduler.backfill(id, { from: '2026-03-01T21:30:00Z', to: '2026-03-02T03:05:00Z' })
    }
    await until('the end of all of them', async () => {
      await clock.advance(10)
      return (await scheduler.listRuns()).every(({ finished_at: at }) => at !== null)
    })
    await show('#/schedule')
    const row = page.locator('.timeline li').filter({ hasText: 'Backup' })
    await untilCount(row.locator('.failed'), 6)
    t.equal(await row.locator('.due').count(), 24)
    await page.getByLabel('span').selectOption('6h')
    await untilCount(row.locator('.failed'), 2)
    t.equal(await row.locator('.due').count(), 6)
    t.match(page.url(), /#\/schedule\?span=6h$/)
    await page.getByText('2 jobs due in the next 6 hours.').waitFor()
    await page.getByText('As a table').click()
    await page.getByRole('cell', { name: '2 failed' }).waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })

    const first = row.locator('svg a').first()
    await first.focus()
    await page.keyboard.press('ArrowRight')
    t.match(await page.locator(':focus').getAttribute('aria-label'), /^failed, 2026-03-02 /)
    await page.keyboard.press('ArrowRight')
    t.match(await page.locator(':focus').getAttribute('aria-label'), /^due, 2026-03-02 /)
    await page.keyboard.press('ArrowDown')
    t.equal(await page.locator('.timeline li').nth(1).locator(':focus').count(), 1, 'the row below')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('Home')
    await page.keyboard.press('Enter')
    await page.getByText('Failed', { exact: false }).first().waitFor()
    t.match(page.url(), /#\/runs\/\d+$/)

    await show('#/schedule')
    await page.getByLabel('Tag').fill('night')
    await page.getByLabel('Tag').press('Enter')
    await page.getByText('1 job due in the next 24 hours.').waitFor()
    await page.getByRole('link', { name: 'Week' }).click()
    await page.getByText('164 runs due in these seven days').waitFor()
    t.match(page.url(), /tag=night/)
    t.strictSame(complaints, [])
  }
)
