import { test } from 'tap'
import { openScheduler } from '../../core.ts'
import { version } from '../../src/version.ts'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard } from '../helpers/dashboard.ts'
import { createFolder } from '../helpers/service.ts'

const skip = browserSkipped

test('the service says how it is, and which replicas come and go', { skip }, async (t) => {
  const database = `sqlite:${await createFolder(t)}/jobs.db`
  const { page, scheduler, show, url, complaints } = await openDashboard(t, { database })
  await show('#/system')
  await page.locator('.state').getByText('Ready').waitFor()
  await page.getByText(version, { exact: true }).waitFor()
  await page.getByText('agrees with this browser').waitFor()
  await page.getByText('None came or went').waitFor()
  await page.getByText('nothing waits').waitFor()
  t.equal(await page.locator('.banner').count(), 0)
  const links = await page.locator('main a').evaluateAll((all) => all.map(String))
  t.strictSame(links, [`${url}/docs/`, `${url}/metrics`, `${url}/readyz`])

  const other = await openScheduler({ database })
  await page.getByRole('cell', { name: 'joined' }).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await other.close()
  await page.getByRole('cell', { name: 'left' }).waitFor()
  t.strictSame(complaints, [])

  await scheduler.stop()
  await page.reload()
  await page.locator('.banner').getByText('The scheduler is stopping.').waitFor()
  await page.locator('.failure').getByText('Not ready').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
})

test('clocks that do not agree are told on every screen', { skip }, async (t) => {
  const { page, show, complaints } = await openDashboard(t)
  await page.addInitScript('{ const now = Date.now; Date.now = () => now() - 300_000 }')
  await show('#/jobs')
  const banner = page.locator('.banner')
  await banner.getByText(/is [45] min ahead of this browser's/).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await show('#/system')
  await page.getByText(/^[45] min ahead of this browser's$/).waitFor()
  t.strictSame(complaints, [])
})
