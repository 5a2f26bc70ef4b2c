import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createGate } from '../helpers/gate.ts'
import { until } from '../helpers/until.ts'

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
  await page.getByText('No job matches nobody has this name.').waitFor()
  await page.getByLabel('outcome').selectOption('failed')
  await page.getByText('No job matches nobody has this name and failed.').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
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

test(
  'the menu of a row edits, clones, copies and deletes, by keyboard too',
  { skip },
  async (t) => {
    const { page, scheduler, show, url, complaints } = await openDashboard(t)
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    createGate(scheduler, 'slow', { obeys: true })
    const target = { type: 'handler' as const, name: 'slow' }
    const busy = { name: 'Busy', repeat_interval: '1h', key: 'busy', target }
    const { id } = await scheduler.createJob(busy)
    await scheduler.run(id)
    await show('#/jobs')
    const more = page.getByRole('button', { name: 'More for Busy' })
    const menu = page.getByRole('group', { name: 'More for Busy' })
    await more.focus()
    await page.keyboard.press('Enter')
    await menu.getByRole('link', { name: 'Edit' }).waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    t.equal(await page.evaluate('document.activeElement.textContent'), 'Clone')
    const copied = async (name: string): Promise<string> => {
      await menu.getByRole('button', { name }).click()
      await page.getByText('Copied.').first().waitFor()
      return String(await page.evaluate('navigator.clipboard.readText()'))
    }
    t.strictSame(JSON.parse(await copied('Copy as JSON')), busy)
    t.match(await copied('Copy as curl'), `curl -X PUT '${url}/jobs/${id}'`)
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'hidden' })

    await more.click()
    await menu.getByRole('link', { name: 'Clone' }).click()
    await page.getByRole('heading', { name: 'New job' }).waitFor()
    t.equal(await page.getByLabel('Name', { exact: true }).inputValue(), 'Busy (copy)')
    await page.goBack()
    await more.click()
    await menu.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog', { name: 'Delete "Busy" and stop its running run?' })
    await dialog.getByText('Past runs stay.').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    t.equal(await scheduler.countJobs(), 1, 'asked, and left')
    await menu.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('There are no jobs yet.').waitFor()
    await until('the run to be cancelled', async () => {
      const [run] = await scheduler.listRuns({})
      return run?.state === 'cancelled'
    })
    t.strictSame(complaints, [])
  }
)

test('a pause is shown before it is answered, and taken back', { skip }, async (t) => {
  const { page, scheduler, show } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Held', repeat_interval: '1h' })
  await show('#/jobs')
  const state = page.locator('tbody .state').first()
  const answer = Promise.withResolvers<void>()
  await page.route('**/pause', async (route) => {
    await answer.promise
    await route.continue()
  })
  await page.getByRole('button', { name: 'Pause Held' }).click()
  await state.and(page.locator('.paused')).waitFor()
  t.equal((await scheduler.getJob(id)).state, 'enabled', 'nothing came to the service yet')
  answer.resolve()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('"Held" goes on.').waitFor()
  t.equal((await scheduler.getJob(id)).state, 'enabled')
  await state.and(page.locator('.enabled')).waitFor()

  await page.unroute('**/pause')
  await page.route('**/pause', (route) =>
    route.fulfill({ status: 507, contentType: 'application/problem+json', body: FULL })
  )
  await page.getByRole('button', { name: 'Pause Held' }).click()
  await page.getByText('The disk is full.').waitFor()
  await state.and(page.locator('.enabled')).waitFor()
  await page.unroute('**/pause')

  // What was said so far, with its own ways back, is gone.
  await page.reload()
  const end = '2100-01-01T00:00:00.000Z'
  await scheduler.pause(id, { reason: 'maintenance', until: end })
  await page.getByRole('button', { name: 'Resume Held' }).click()
  await page.getByText('"Held" goes on.').waitFor()
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.getByText('Paused "Held".').waitFor()
  t.match(await scheduler.getJob(id), {
    state: 'paused',
    pause_reason: 'maintenance',
    paused_until: end
  })
})

const FULL = JSON.stringify({ status: 507, code: 'store_full', detail: 'The disk is full.' })

test('jobs are sorted by what is chosen, and named so', { skip }, async (t) => {
  const { page, scheduler, show } = await openDashboard(t)
  for (const name of ['b', 'a']) await scheduler.createJob({ name, repeat_interval: '1h' })
  await show('#/jobs')
  const names = page.locator('tbody th a')
  await untilCount(names, 2)
  await page.getByLabel('sort').selectOption('By name')
  await until('the order', async () => (await names.allInnerTexts()).join('') === 'ab')
  await page.getByLabel('sort').selectOption('By name, backwards')
  await until('the order', async () => (await names.allInnerTexts()).join('') === 'ba')
  t.match(page.url(), /sort=-name$/)
})
