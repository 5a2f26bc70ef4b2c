import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createPageKeyboard, hasFocus } from '../helpers/page-keyboard.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped

test('a job lives from its making to its end by keys alone', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await show('#/')
  const { press, type, tabTo } = createPageKeyboard(page)
  const main = page.getByRole('main')
  const dialog = page.getByRole('dialog')
  const heading = (name: string) =>
    until(`the heading "${name}" with the focus`, () =>
      hasFocus(page.getByRole('heading', { name, level: 1 }))
    )
  const button = (name: string) => main.getByRole('button', { name, exact: true })

  await press('n')
  await heading('New job')
  await tabTo(page.getByLabel('Cron expression'))
  await type('0 9 * * 1-5')
  await tabTo(page.getByLabel('Name', { exact: true }))
  await type('Morning')
  await press('Enter')
  await heading('Morning')
  const [job] = await scheduler.listJobs({})
  const id = job?.id ?? 0
  t.match(job, { name: 'Morning', schedule: '0 9 * * 1-5', state: 'enabled' })

  await tabTo(button('Run now'))
  await press('Enter')
  await main.locator('tbody .state.succeeded').waitFor()
  await press('j', 'Enter')
  await heading('Run 1')
  await main.locator('.state.succeeded').first().waitFor()
  await press('g', 'j')
  await heading('Jobs')
  await untilCount(main.locator('tbody tr'), 1)
  await press('j', 'Enter')
  await heading('Morning')

  await tabTo(button('Pause'))
  await press('Enter')
  await dialog.waitFor()
  await tabTo(page.getByLabel('Reason, if you like'))
  await type('the office is shut')
  await tabTo(dialog.getByRole('button', { name: 'Pause' }))
  await press('Enter')
  await main.getByText('(the office is shut)').waitFor()
  t.match(await scheduler.getJob(id), { state: 'paused', pause_reason: 'the office is shut' })
  await until('the focus is on what stands in its place', () => hasFocus(button('Resume')))

  await tabTo(main.getByRole('link', { name: 'Edit' }))
  await press('Enter')
  await heading('Edit Morning')
  await tabTo(page.getByLabel('Name', { exact: true }))
  await press('Control+a')
  await type('Evening')
  await tabTo(button('Save'))
  await press('Enter')
  await heading('Evening')
  t.match(await scheduler.getJob(id), { name: 'Evening', version: 2 })

  await tabTo(button('Delete'))
  await press('Enter')
  await dialog.getByText('Delete "Evening"?').waitFor()
  t.ok(await hasFocus(dialog.getByRole('button', { name: 'Leave it' })), 'the safe one is at hand')
  await press('Enter')
  await dialog.waitFor({ state: 'hidden' })
  t.ok(await hasFocus(button('Delete')), 'left, and back where it was')
  t.equal(await scheduler.countJobs(), 1)
  await press('Enter', 'Tab', 'Enter')
  await heading('Jobs')
  await main.getByText('There are no jobs yet.').waitFor()
  t.equal(await scheduler.countJobs(), 0)
  await untilCount(dialog, 0)
  t.strictSame(complaints, [])
})
