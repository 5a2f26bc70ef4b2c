import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped
/** What has the focus, as its text. */
const FOCUSED = 'document.activeElement.textContent'

test('a job is found, run, paused and opened by the keyboard alone', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Nightly report', schedule: '0 2 * * *' })
  await scheduler.createJob({ name: 'Other', schedule: '0 3 * * *' })
  const keys = async (...pressed: string[]): Promise<void> => {
    for (const key of pressed) await page.keyboard.press(key)
  }
  const isFocused = async (text: string): Promise<boolean> =>
    (await page.evaluate(FOCUSED)) === text
  await show('#/runs')
  await page.getByText('Nothing has run yet.').waitFor()

  await keys('/')
  await page.keyboard.type('rjp?g')
  t.equal(await page.getByLabel('Search jobs').inputValue(), 'rjp?g', 'typed, and nothing else')
  await keys('Control+a')
  await page.keyboard.type('report')
  await keys('Enter')
  const row = page.locator('tbody tr')
  await untilCount(row, 1)
  await until('a heading with the focus', () => isFocused('Jobs'))
  await keys('Control+j')
  t.notOk(await isFocused('Nightly report'), 'what is the browser’s stays the browser’s')
  await keys('j')
  t.ok(await isFocused('Nightly report'))

  await keys('r')
  const question = page.getByRole('dialog', { name: 'Run now Nightly report?' })
  await question.waitFor()
  await keys('Escape')
  await question.waitFor({ state: 'hidden' })
  t.ok(await isFocused('Nightly report'), 'left, and back where it was')
  t.equal((await scheduler.listRuns({})).length, 0, 'asked, and left')
  await keys('r')
  await question.waitFor()
  await keys('Tab', 'Enter')
  await row.locator('.state.succeeded').waitFor()
  t.equal((await scheduler.listRuns({})).length, 1)

  await keys('p')
  await row.locator('.state.paused').waitFor()
  t.equal((await scheduler.getJob(id)).state, 'paused')
  t.ok(await isFocused('Nightly report'), 'the row has the focus after all of it')
  t.strictSame(await faultsInEveryLook(page), [])
  await keys('Enter')
  await page.getByRole('heading', { name: 'Nightly report' }).waitFor()
  await keys('p')
  await page.getByText('not caught up').waitFor()
  t.equal((await scheduler.getJob(id)).state, 'enabled')
  t.strictSame(complaints, [])
})

test('keys lead to screens, list themselves, and can be turned off', { skip }, async (t) => {
  const { page, show, complaints } = await openDashboard(t)
  await show('#/jobs')
  const isAt = (hash: string): Promise<unknown> =>
    until(`the address ${hash}`, async () => new URL(page.url()).hash === hash)
  for (const [key, hash] of [
    ['r', '#/runs'],
    ['s', '#/schedule'],
    ['o', '#/'],
    ['j', '#/jobs']
  ] as const) {
    await page.keyboard.press('g')
    await page.keyboard.press(key)
    await isAt(hash)
  }
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.keyboard.press('.')
  await page.getByRole('button', { name: 'Paused' }).waitFor()

  await page.keyboard.press('?')
  const help = page.getByRole('dialog', { name: 'Keys' })
  await help.waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await help.getByLabel('Single keys').selectOption('off')
  await page.keyboard.press('Escape')
  await help.waitFor({ state: 'hidden' })
  await page.keyboard.press('n')
  await page.keyboard.press('.')
  await page.getByRole('button', { name: 'Keys' }).click()
  t.ok(await page.getByRole('button', { name: 'Paused' }).isVisible(), 'nothing was pressed')
  t.equal(new URL(page.url()).hash, '#/jobs')
  await help.getByLabel('Single keys').selectOption('on')
  await page.keyboard.press('Escape')
  await page.keyboard.press('n')
  await isAt('#/jobs/new')
  t.strictSame(complaints, [])
})

test('the row that has the focus keeps it when the list is sorted anew', { skip }, async (t) => {
  const { page, scheduler, show } = await openDashboard(t)
  // As in browsers that cannot move an element without taking it out.
  await page.addInitScript('delete Element.prototype.moveBefore')
  const ids: number[] = []
  for (const name of ['a', 'b', 'c', 'd']) {
    ids.push((await scheduler.createJob({ name, repeat_interval: '1h' })).id)
  }
  await show('#/jobs?sort=name')
  await untilCount(page.locator('tbody tr'), 4)
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.keyboard.press('k')
  t.equal(await page.evaluate(FOCUSED), 'd')
  const renamed = async (index: number, name: string): Promise<void> => {
    const id = ids[index] ?? 0
    await scheduler.updateJob(id, { name })
    await page.getByRole('link', { name, exact: true }).waitFor()
  }
  await renamed(3, '0 first')
  t.equal(await page.evaluate(FOCUSED), '0 first', 'itself moved')
  await renamed(0, 'z last')
  await renamed(1, '1 second')
  t.equal(await page.evaluate(FOCUSED), '0 first', 'others moved around it')
  await renamed(3, 'zz')
  t.equal(await page.evaluate(FOCUSED), 'zz')
})
