import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'

const skip = browserSkipped
const HOSTILE = '</script><img src=x onerror=alert(1)> \u202egnp.exe'

test('jobs are found by a part of their name, on the service', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await scheduler.createJob({ name: 'Nightly report', schedule: '0 2 * * *', tags: ['night'] })
  await scheduler.createJob({ name: HOSTILE, repeat_interval: '1h' })
  await show('#/jobs')
  const rows = page.locator('tbody tr')
  await untilCount(rows, 2)
  t.equal(await rows.nth(1).locator('th a').innerText(), HOSTILE, 'as text')
  t.strictSame(await faultsInEveryLook(page), [])

  await page.getByLabel('Name contains').fill('report')
  await untilCount(rows, 1)
  t.match(page.url(), /#\/jobs\?q=report$/, 'the address can be shared')
  await page.reload()
  await untilCount(rows, 1)
  await page.getByLabel('Name contains').fill('nobody has this name')
  await page.getByText('No job matches.').waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await untilCount(rows, 2)
  t.strictSame(complaints, [])
})

test('what changes elsewhere is seen without being asked for', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await show('#/jobs')
  await page.getByText('There are no jobs yet.').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  const { id } = await scheduler.createJob({ name: 'New here', repeat_interval: '1h' })
  await page.getByText('New here').waitFor()
  await scheduler.pause(id)
  await page.locator('.state.paused').waitFor()
  t.strictSame(complaints, [])
})
