import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createSink } from '../helpers/sink.ts'

const skip = browserSkipped

test('a job is run, paused, resumed and deleted from its screen', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({
    name: 'Weekdays',
    schedule: '0 9 * * 1-5',
    timezone: 'Europe/Paris'
  })
  await show(`#/jobs/${id}`)
  await page.getByText('At 09:00 from Monday to Friday, Europe/Paris time.').waitFor()
  t.equal(await page.locator('.upcoming li').count(), 5)
  await page.getByText('Has not run yet.').waitFor()

  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByText('the schedule is as it was').waitFor()
  await page.locator('tbody .state.succeeded').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])

  await page.getByRole('button', { name: 'Pause' }).click()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByLabel('Reason, if you like').fill('the server moves')
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
  await page.getByText('(the server moves)').waitFor()
  t.match(await scheduler.getJob(id), { state: 'paused', pause_reason: 'the server moves' })
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.locator('.state.enabled').waitFor()

  await page.getByRole('link', { name: 'Changes' }).click()
  await untilCount(page.locator('.changes li'), 4)
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('link', { name: 'Definition' }).click()
  await page.getByText('"schedule": "0 9 * * 1-5"').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])

  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('button', { name: 'Leave it' }).click()
  t.equal(await scheduler.countJobs(), 1, 'asked, and left')
  await page.getByRole('button', { name: 'Delete' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await page.getByText('There are no jobs yet.').waitFor()
  t.equal(await scheduler.countJobs(), 0)
  t.strictSame(complaints, [])
})

test('a failed run says why, and is tried again from its screen', { skip }, async (t) => {
  const sink = await createSink(t)
  sink.respondWith((response) => response.writeHead(404).end('no such thing'))
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({
    name: 'Fails',
    repeat_interval: '1h',
    target: { type: 'http', url: `${sink.url}/gone` }
  })
  const run = await scheduler.run(id)
  await show(`#/runs/${run.id}`)
  await page.locator('.lead .state.failed').waitFor()
  await page.locator('.failure').getByText('404').waitFor()
  t.equal(await page.locator('.attempts li').count(), 1)
  t.strictSame(await faultsInEveryLook(page), [])

  sink.respondWith((response) => response.end('ok'))
  await page.getByRole('button', { name: 'Retry' }).click()
  await page.locator('.lead .state.succeeded').waitFor()
  await untilCount(page.locator('.attempts li'), 2)

  await show('#/runs')
  await page.locator('tbody tr').first().waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByLabel('state').selectOption('failed')
  await page.getByText('No run matches.').waitFor()
  await show('#/jobs/77')
  await page.getByText('This job does not exist or was deleted.').waitFor()
  await show('#/nowhere')
  await page.getByText('There is no such screen.').waitFor()
  // The browser itself writes a line for the 404 of the job that is not there.
  t.strictSame(
    complaints.filter((line) => !line.includes('404')),
    []
  )
})
