import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createGate } from '../helpers/gate.ts'

const skip = browserSkipped

test(
  'selected jobs are tagged, paused, run and deleted, and each says why not',
  { skip },
  async (t) => {
    const { page, scheduler, show, complaints } = await openDashboard(t)
    const calls = createGate(scheduler, 'slow', { obeys: true })
    const busy = await scheduler.createJob({
      name: 'Busy',
      repeat_interval: '1h',
      target: { type: 'handler', name: 'slow' }
    })
    await scheduler.run(busy.id)
    const quiet = await scheduler.createJob({ name: 'Quiet', repeat_interval: '1h' })
    const left = await scheduler.createJob({ name: 'Left alone', repeat_interval: '1h' })
    await show('#/jobs')
    const bar = page.getByRole('group', { name: 'Selected jobs' })
    const dialog = page.getByRole('dialog')
    const act = async (name: string): Promise<void> => {
      await bar.getByRole('button', { name, exact: true }).click()
      await dialog.getByRole('button', { name: /^(Run now|Pause|Add tag|Delete)$/ }).click()
    }
    await untilCount(page.locator('tbody tr'), 3)
    await page.keyboard.press('j')
    await page.keyboard.press('x')
    await bar.getByText('1 job selected').waitFor()
    await page.getByLabel('Select Quiet').check()
    await bar.getByText('2 jobs selected').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })

    await bar.getByRole('button', { name: 'Add tag' }).click()
    await dialog.getByText('Add a tag to 2 jobs?').waitFor()
    await dialog.getByLabel('Tag').fill('night')
    await dialog.getByRole('button', { name: 'Add tag' }).click()
    await untilCount(page.locator('tbody .tag'), 2)

    await act('Run')
    const refused = page.getByRole('region', { name: 'Refused' })
    await refused.getByText('1 done, 1 refused').waitFor()
    await refused.getByRole('link', { name: 'Busy' }).waitFor()
    t.match(await refused.innerText(), /run/i)
    t.strictSame(await faultsInEveryLook(page), [])
    await page.setViewportSize({ width: 1280, height: 800 })

    await act('Pause')
    await untilCount(page.locator('tbody .state.paused'), 2)
    t.equal((await scheduler.getJob(quiet.id)).state, 'paused')
    await bar.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByText('Delete 2 jobs?').waitFor()
    await dialog.getByRole('button', { name: 'Leave it' }).click()
    t.equal(await scheduler.countJobs(), 3, 'asked, and left')
    await act('Delete')
    await untilCount(page.locator('tbody tr'), 1)
    t.equal(
      (await scheduler.getJob(left.id)).state,
      'enabled',
      'what was not selected is as it was'
    )
    t.equal(await scheduler.countJobs(), 1)
    t.equal(calls.length, 1)
    t.strictSame(complaints, [])
  }
)

test('a long list is loaded page by page, and all of it stays current', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const jobs = Array.from({ length: 120 }, (_one, index) => ({
    name: `job ${index}`,
    key: `k${index}`,
    repeat_interval: '1h'
  }))
  await scheduler.apply({ jobs })
  await show('#/jobs')
  const rows = page.locator('tbody tr')
  await page.getByText('Showing 50 of 120').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.getByRole('button', { name: 'Load more' }).click()
  await untilCount(rows, 100)
  const last = await rows.last().innerText()
  const hundredth = jobs[99]?.key ?? ''
  await scheduler.putJob(hundredth, { name: 'renamed', repeat_interval: '1h' })
  await rows.last().getByText('renamed').waitFor()
  t.match(last, 'job 99')
  await page.getByRole('button', { name: 'Load more' }).click()
  await page.getByText('Showing 120 of 120').waitFor()
  t.equal(await page.getByRole('button', { name: 'Load more' }).count(), 0)
  await page.getByLabel('All on this page').check()
  await page.getByText('120 jobs selected').waitFor()
  t.strictSame(complaints, [])
})
