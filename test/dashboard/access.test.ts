import type { Page } from 'playwright-core'
import { test } from 'tap'
import type { Scope } from '../../index.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'

const skip = browserSkipped
/** What changes something, by what stands on it. */
const DOING =
  /^(Run now|Pause|Resume|Edit|Clone|Delete|New job|Save|Import|Retry|Cancel|Fill in|Select|All on)/

/** From now on the page has a key of its own. */
async function useKey(
  { page, scheduler }: { page: Page; scheduler: Scheduler },
  scopes: Scope[]
): Promise<void> {
  const { key } = await scheduler.keys.create({ name: scopes.join(' '), scopes })
  await page.setExtraHTTPHeaders({ authorization: `Bearer ${key}` })
}

/** The controls that do something. */
async function doing(page: Page): Promise<string[]> {
  const controls = page.locator('main').locator('button, a, label, input')
  const names = await controls.evaluateAll((all) =>
    all.map(({ ariaLabel, textContent }) => ariaLabel ?? (textContent ?? '').trim())
  )
  return names.filter((name) => DOING.test(name))
}

test('who may only read sees what there is, and nothing to do to it', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  const target = { type: 'handler' as const, name: 'failing' }
  scheduler.handle('failing', () => {
    throw new Error('as it must')
  })
  await useKey(dashboard, ['read'])
  await show('#/')
  await page.getByText('There are no jobs yet.').waitFor()
  t.strictSame(await doing(page), [], 'where there is no job')
  await page.getByText('read-only', { exact: true }).waitFor()

  const { id } = await scheduler.createJob({ name: 'Kept', repeat_interval: '1h', target })
  const run = await scheduler.run(id)
  await page.getByText('failed once').waitFor()
  t.strictSame(await doing(page), [], 'on the overview')
  await show('#/jobs')
  await untilCount(page.locator('tbody tr'), 1)
  await page.getByText('read-only', { exact: true }).waitFor()
  t.strictSame(await doing(page), [], 'in the list')
  t.strictSame(await faultsInEveryLook(page), [])
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.keyboard.press('n')
  await page.getByRole('button', { name: 'More for Kept' }).click()
  await page.getByRole('button', { name: 'Copy as JSON' }).waitFor()
  t.strictSame(await doing(page), [], 'in its menu')
  for (const hash of [`#/jobs/${id}`, `#/runs/${run.id}`]) {
    await show(hash)
    await page.locator('.state.failed').first().waitFor()
    t.strictSame(await doing(page), [], hash)
  }
  for (const hash of ['#/jobs/new', `#/jobs/${id}/edit`, '#/import']) {
    await show(hash)
    await page.getByText('needs the scope "write", and you do not have it').waitFor()
    t.strictSame(await doing(page), [], hash)
    t.strictSame(await faultsInEveryLook(page), [])
  }
  t.strictSame(complaints, [])
})

test('what a key is for is there, and the rest is named', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  await scheduler.createJob({ name: 'Kept', repeat_interval: '1h' })
  await useKey(dashboard, ['read', 'run'])
  await show('#/jobs')
  await page.getByText('no write, admin').waitFor()
  t.strictSame(await doing(page), ['Run now Kept'])
  await page.getByRole('button', { name: 'Run now Kept' }).click()
  await page.locator('.state.succeeded').waitFor()

  await useKey(dashboard, ['read', 'write'])
  await page.reload()
  await page.getByText('no run, admin').waitFor()
  await page.getByLabel('Select Kept').check()
  await page.getByRole('button', { name: 'Add tag' }).waitFor()
  t.equal(await page.getByRole('button', { name: /^Run/ }).count(), 0)
  await show('#/jobs/1/edit')
  await page.getByRole('button', { name: 'Save', exact: true }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Save and run now' }).count(), 0)

  await useKey(dashboard, ['admin'])
  await show('#/jobs')
  await page.reload()
  await page.getByRole('button', { name: 'Run now Kept' }).waitFor()
  t.equal(await page.locator('.badge').count(), 0)
  t.strictSame(complaints, [])
})

test('a refusal has the page ask again what its reader may do', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  const { id } = await scheduler.createJob({ name: 'Kept', repeat_interval: '1h' })
  await show('#/jobs')
  await page.getByRole('button', { name: 'Pause Kept' }).waitFor()
  t.equal(await page.locator('.badge').count(), 0, 'without keys, nobody may do everything')
  await useKey(dashboard, ['read'])
  await page.getByRole('button', { name: 'Pause Kept' }).click()
  await page.getByText('does not have the scope').waitFor()
  await page.getByText('read-only', { exact: true }).waitFor()
  t.strictSame(await doing(page), [])
  await page.locator('tbody .state.enabled').waitFor()
  t.equal((await scheduler.getJob(id)).state, 'enabled')
  // The browser itself writes a line for what is refused.
  t.strictSame(
    complaints.filter((line) => !line.includes('403')),
    []
  )
})

test('the page goes by the name that its service has', { skip }, async (t) => {
  const { page, show, complaints } = await openDashboard(t, { title: 'Jobs (staging)' })
  await show('#/runs')
  await page.getByRole('link', { name: 'Jobs (staging)' }).waitFor()
  await page.waitForFunction("document.title === 'Runs · Jobs (staging)'")
  t.strictSame(complaints, [])
})
