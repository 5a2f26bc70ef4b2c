import type { Page } from 'playwright-core'
import { test } from 'tap'
import { browserSkipped, openPage } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createPrefixProxy } from '../helpers/prefix-proxy.ts'
import { freePort } from '../helpers/processes.ts'
import { createDatabaseUrl, skipReasons } from '../helpers/server-databases.ts'
import { startService } from '../helpers/service.ts'

const skip = browserSkipped
const skipOnServer = browserSkipped === false ? skipReasons.postgres : browserSkipped

/** Keeps, in the page itself, every word that the button of live updates has. */
async function keepWords(page: Page): Promise<() => Promise<string[]>> {
  await page.evaluate(`
    const button = document.querySelector('header .live')
    window.words = [button.innerText]
    new MutationObserver(() => window.words.push(button.innerText))
      .observe(button, { subtree: true, childList: true, characterData: true })`)
  return () => page.evaluate('window.words')
}

/** What the browser itself writes for each request that fails. */
function isOwn(line: string): boolean {
  return !/net::ERR_|status of 50/.test(line)
}

test(
  'what happened while the service was dead is shown when it is back',
  { skip: skipOnServer },
  async (t) => {
    const PORT = String(await freePort())
    const DATABASE_URL = await createDatabaseUrl(t, 'postgres')
    const seen = await startService(t, { env: { PORT, DATABASE_URL } })
    const other = await startService(t, { env: { DATABASE_URL } })
    const kept = await other.createJob({ name: 'Kept', repeat_interval: '1h' })
    const gone = await other.createJob({ name: 'Gone', repeat_interval: '1h' })
    const { page, complaints } = await openPage(t)
    await page.goto(`${seen.url}/ui/#/jobs?sort=name`)
    const rows = page.locator('tbody tr')
    await untilCount(rows, 2)
    const live = page.locator('header .live')
    await live.getByText('Live').waitFor()
    const words = await keepWords(page)

    seen.kill('SIGKILL')
    await seen.exited
    await live.getByText(/^Offline, showing \d\d:\d\d:\d\d$/).waitFor()
    await page.locator('.banner').getByText('The service does not answer.').waitFor()
    await page.locator('.stale tbody tr').first().waitFor()
    t.equal(await rows.count(), 2, 'what was there stays')
    t.equal(await page.locator('main .failure').count(), 0, 'told once, not for each part')
    t.strictSame(await faultsInEveryLook(page), [])
    t.equal((await words())[0], 'Live')
    t.match((await words())[1], /^Reconnecting in [123] s$/)

    await other.request(`POST /jobs/${kept.id}/pause`, {})
    await other.request(`PATCH /jobs/${kept.id}`, { name: 'A kept one' })
    await other.request(`DELETE /jobs/${gone.id}`)
    const made = await other.createJob({ name: 'Made meanwhile', repeat_interval: '2h' })
    await other.request(`POST /jobs/${made.id}/run`)
    await startService(t, { env: { PORT, DATABASE_URL } })
    await live.getByText('Live').waitFor()
    await rows.nth(0).getByRole('link', { name: 'A kept one' }).waitFor()
    await rows.nth(0).locator('.state.paused').waitFor()
    await rows.nth(1).getByRole('link', { name: 'Made meanwhile' }).waitFor()
    await rows.nth(1).locator('.state.succeeded').waitFor()
    await untilCount(rows, 2)
    t.equal(await page.locator('.stale, .banner, main .failure').count(), 0)

    await other.request(`PATCH /jobs/${kept.id}`, { name: 'A job of now' })
    await rows.nth(0).getByRole('link', { name: 'A job of now' }).waitFor()
    t.strictSame(complaints.filter(isOwn), [])
  }
)

test('a connection that breaks is taken up where it broke', { skip }, async (t) => {
  const { page, scheduler, url, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'First name', repeat_interval: '1h' })
  const proxy = await createPrefixProxy(t, url, '/tools')
  await page.goto(`${proxy.url}/ui/#/jobs`)
  const live = page.locator('header .live')
  await live.getByText('Live').waitFor()
  await page.getByRole('link', { name: 'First name' }).waitFor()
  const words = await keepWords(page)
  const asked = page.waitForRequest(async (request) => {
    return (await request.allHeaders())['last-event-id'] !== undefined
  })
  await scheduler.updateJob(id, { name: 'Second name' })
  await page.getByRole('link', { name: 'Second name' }).waitFor()
  proxy.cut()
  await live.getByText('Reconnecting').waitFor()
  await scheduler.updateJob(id, { name: 'Third name' })
  await page.getByRole('link', { name: 'Third name' }).waitFor()
  await live.getByText('Live').waitFor()
  t.match(new URL((await asked).url()).pathname, '/tools/events')
  t.notOk((await words()).some((word) => word.startsWith('Offline')))
  t.strictSame(complaints.filter(isOwn), [])
})

test('where streams do not come through, the page asks by itself', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await page.route('**/events?*', (route) => route.fulfill({ status: 502, body: 'no streams' }))
  await show('#/jobs')
  await page
    .locator('header .live')
    .getByText(/^Polling, showing \d\d:\d\d:\d\d$/)
    .waitFor()
  await scheduler.createJob({ name: 'Seen all the same', repeat_interval: '1h' })
  await page.getByRole('link', { name: 'Seen all the same' }).waitFor()
  t.equal(await page.locator('.stale, .banner').count(), 0, 'what is shown is what is')
  t.strictSame(complaints.filter(isOwn), [])
})

test('what happened while updates were paused is shown when they go on', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Before', repeat_interval: '1h' })
  await show('#/jobs')
  await page.getByRole('link', { name: 'Before' }).waitFor()
  await page.getByRole('button', { name: 'Live' }).click()
  await page.getByRole('button', { name: 'Paused' }).waitFor()
  await scheduler.updateJob(id, { name: 'After' })
  await page.getByRole('button', { name: 'Paused' }).click()
  await page.getByRole('link', { name: 'After' }).waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  t.strictSame(complaints, [])
})
