import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'

const skip = browserSkipped

test('the last runs of a job are a picture in which each leads to its run', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Often', repeat_interval: '1h' })
  const runs = [await scheduler.run(id), await scheduler.run(id, { overlap: 'allow' })]
  const last = await scheduler.run(id, { overlap: 'allow' })
  await show(`#/jobs/${id}`)
  const bars = page.locator('.lately a')
  await untilCount(page.locator('.lately .succeeded'), 3)
  t.equal(await page.locator('.lately [tabindex="0"]').count(), 1, 'one stop of the Tab key')
  t.match(await bars.first().getAttribute('aria-label'), `Run ${last.id}, succeeded, `)
  t.strictSame(await faultsInEveryLook(page), [])
  await bars.first().focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: `Run ${runs[0]?.id}`, exact: true }).waitFor()
  await page.setViewportSize({ width: 1280, height: 800 })
  await show('#/jobs')
  await page.locator('.sparkline g').last().click()
  await page.getByRole('heading', { name: `Run ${runs[0]?.id}`, exact: true }).waitFor()
  t.strictSame(complaints, [])
})

test('a deleted job leads to its old runs', { skip }, async (t) => {
  const { page, scheduler, show } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Gone', repeat_interval: '1h' })
  await scheduler.run(id)
  await scheduler.deleteJob(id, { running: 'finish' })
  await show(`#/jobs/${id}`)
  await page.getByText('This job does not exist or was deleted.').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('link', { name: 'Its old runs' }).click()
  await untilCount(page.locator('tbody tr'), 1)
  await page.getByText('(not there)').waitFor()
})

test(
  'alerts of a job are ready to be copied, for as many periods as are asked for',
  { skip },
  async (t) => {
    const { page, scheduler, show, complaints } = await openDashboard(t)
    const { id } = await scheduler.createJob({ name: 'Weekdays', schedule: '0 9 * * 1-5' })
    await show(`#/jobs/${id}?tab=alerts`)
    const queries = page.locator('pre')
    await untilCount(queries, 3)
    // From Friday to Monday, twice.
    t.match(await queries.nth(1).innerText(), /last_success.*job_id="1"}\) > 518400$/)
    await page.getByLabel('Periods without success').fill('3')
    await page.getByLabel('Periods without success').blur()
    await page.getByText('It has not succeeded for 3 periods').waitFor()
    t.match(await queries.nth(1).innerText(), /> 777600$/)
    t.strictSame(await faultsInEveryLook(page), [])
    const once = await scheduler.createJob({ name: 'Once', start_date: '2099-01-01T00:00:00Z' })
    await show(`#/jobs/${once.id}?tab=alerts`)
    await untilCount(queries, 2)
    t.strictSame(complaints, [])
  }
)
