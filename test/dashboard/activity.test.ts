import { test } from 'tap'
import { appOf } from '../../plugins/instance.ts'
import { browserSkipped } from '../helpers/browser.ts'
import {
  faultsInEveryLook,
  openDashboard,
  untilCount,
  type Dashboard
} from '../helpers/dashboard.ts'
import { insertJobs } from '../helpers/inserted-jobs.ts'
import { createSink } from '../helpers/sink.ts'

const skip = browserSkipped
const HOUR_MS = 3_600_000

/** Runs of a job as they would be after some hours, one in each state and 14 that went well. */
async function insertRuns({ server }: Dashboard, jobId: number): Promise<void> {
  const states = ['failed', 'missed', 'cancelled', 'skipped'] as const
  const begin = Date.now() - 24 * HOUR_MS
  const rows = Array.from({ length: 18 }, (_, index) => ({
    job_id: jobId,
    job_version: 1,
    scheduled_for: begin + index * HOUR_MS,
    seq: 0,
    cause: 'schedule' as const,
    state: states[index] ?? ('succeeded' as const),
    attempt: index === 1 || index === 3 ? 0 : 1,
    occurrences: 1,
    queued_at: begin,
    started_at: index === 1 || index === 3 ? null : begin,
    finished_at: begin + 250 * (index + 1)
  }))
  await appOf(server).db.query.insertInto('carillon_runs').values(rows).execute()
}

test('the list says how each job went lately, and goes on saying it', { skip }, async (t) => {
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  const { id } = await scheduler.createJob({
    name: 'Weekdays',
    schedule: '0 9 * * 1-5',
    timezone: 'Europe/Paris'
  })
  await scheduler.createJob({ name: 'New', repeat_interval: '1h' })
  await insertRuns(dashboard, id)
  await show('#/jobs')
  const row = page.getByRole('row', { name: 'Weekdays' })
  const words = row.getByText('At 09:00 from Monday to Friday, Europe/Paris time.')
  t.equal(await words.getAttribute('title'), '0 9 * * 1-5 Europe/Paris')
  const counted = '14 succeeded, 1 skipped, 1 cancelled, 1 missed, 1 failed of the last 18 runs'
  await row.getByRole('img', { name: counted }).waitFor()
  await untilCount(row.locator('.sparkline path'), 18)
  await row.getByText('2.9 s').waitFor()
  await page.getByRole('row', { name: 'New' }).getByText('none').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])

  await page.getByRole('button', { name: 'Live' }).waitFor()
  await scheduler.run(id)
  await row.getByRole('img', { name: '15 succeeded' }).waitFor()
  await scheduler.updateJob(id, { schedule: '30 9 * * 1-5' })
  await row.getByText('At 09:30 from Monday to Friday').waitFor()

  await row.getByRole('link', { name: 'Weekdays' }).click()
  await page.locator('main').getByRole('group', { name: '15 succeeded' }).waitFor()
  await page.getByText(/^usually/).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  t.strictSame(complaints, [])
})

test('the table does not wait for what is told of the last runs', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await scheduler.createJob({ name: 'Weekdays', schedule: '0 9 * * 1-5' })
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  await page.route('**/jobs/activity?*', async (route) => {
    await released
    await route.continue()
  })
  await show('#/jobs')
  const row = page.getByRole('row', { name: 'Weekdays' })
  await row.getByText('0 9 * * 1-5', { exact: true }).waitFor()
  release()
  await row.getByText('At 09:00 from Monday to Friday').waitFor()
  t.strictSame(complaints, [])
})

test('of 10,000 jobs the one that fails is found, understood and paused', { skip }, async (t) => {
  const sink = await createSink(t)
  sink.respondWith((response) => response.writeHead(404).end('no such thing'))
  const dashboard = await openDashboard(t)
  const { page, scheduler, show, complaints } = dashboard
  await insertJobs(dashboard.server, 6_000)
  const target = { type: 'http' as const, url: `${sink.url}/gone` }
  const { id } = await scheduler.createJob({ name: 'Invoices', schedule: '0 9 1 * *', target })
  await insertJobs(dashboard.server, 3_999, { first: 6_000 })
  await scheduler.run(id)
  await show('#/jobs')
  await page.getByText('Showing 50 of 10,000').waitFor()
  const rows = page.locator('tbody tr')
  await untilCount(rows, 50)
  await untilCount(page.getByText('At 09:00 every Monday'), 50)

  await page.getByLabel('outcome').selectOption('failed')
  await untilCount(rows, 1)
  await page.getByRole('img', { name: '1 failed of the last run' }).waitFor()
  await page.getByRole('link', { name: 'Invoices' }).click()
  await page.getByText('Failed the last time').waitFor()
  await page.locator('tbody tr').getByText('404').waitFor()

  await page.getByRole('button', { name: 'Run now' }).click()
  await page.getByText('Failed 2 times in a row').waitFor()
  await untilCount(page.locator('tbody .state.failed'), 2)
  await page.getByRole('group', { name: '2 failed of the last 2 runs' }).waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByLabel('Reason, if you like').fill('the address is gone')
  await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
  await page.getByText('(the address is gone)').waitFor()
  t.match(await scheduler.getJob(id), { state: 'paused', consecutive_failures: 2 })

  await page.goBack()
  await untilCount(rows, 1)
  await rows.locator('.state.paused').waitFor()
  t.strictSame(complaints, [])
})
