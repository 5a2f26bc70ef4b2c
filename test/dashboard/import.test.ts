import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'

const skip = browserSkipped
const CRONTAB = `# Nightly report
0 2 * * * curl -fsS https://example.com/nightly
@reboot /usr/local/bin/warm-up
`

test('a crontab is shown line by line, and becomes jobs when that is said', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  await show('#/jobs')
  await page.getByRole('link', { name: 'Import a crontab' }).click()
  await page.getByLabel('Crontab', { exact: true }).fill(CRONTAB)
  await page.getByLabel('Zone where the crontab sets none').fill('Europe/Paris')
  const rows = page.locator('tbody tr')
  await rows.getByText('0 2 * * * Europe/Paris').waitFor()
  await untilCount(rows, 2)
  t.match(await rows.nth(0).innerText(), /new[^]*Nightly report[^]*example\.com\/nightly/)
  t.match(await rows.nth(1).innerText(), /refused[^]*@reboot[^]*restart/)
  t.strictSame(await faultsInEveryLook(page), [])
  t.equal(await scheduler.countJobs(), 0, 'nothing is saved yet')

  await page.getByRole('button', { name: 'Import 1 job' }).click()
  await page.getByText('1 created, 0 updated.').waitFor()
  await page.getByText('1 there already, 1 cannot be jobs').waitFor()
  t.equal(await page.getByRole('button', { name: /^Import/ }).count(), 0, 'twice is once')
  const [job] = await scheduler.listJobs({})
  t.match(job, { name: 'Nightly report', schedule: '0 2 * * *', timezone: 'Europe/Paris' })

  await page.getByRole('button', { name: 'Sample crontab' }).click()
  await page.getByRole('button', { name: 'Import 2 jobs' }).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('link', { name: 'See the jobs' }).click()
  await page.getByRole('heading', { name: 'Jobs' }).waitFor()
  t.equal(await scheduler.countJobs(), 1)
  t.strictSame(complaints, [])
})
