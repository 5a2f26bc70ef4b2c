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
  t.match(await rows.nth(0).innerText(), /new[^]*GET/)
  t.equal(await page.getByLabel('Name of line 2').inputValue(), 'Nightly report')
  t.equal(await page.getByLabel('Target of line 2').inputValue(), 'https://example.com/nightly')
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

test(
  'a name and a target are written over, and importing that twice is once',
  { skip },
  async (t) => {
    const { page, scheduler, show, complaints } = await openDashboard(t, { allowCommands: true })
    await show('#/import')
    const crontab = page.getByLabel('Crontab', { exact: true })
    await crontab.fill(`${CRONTAB}15 2 * * * /usr/local/bin/backup --all\n`)
    await page.getByRole('button', { name: 'Import 2 jobs' }).waitFor()
    await page.getByLabel('Name of line 2').fill('My report')
    const target = page.getByLabel('Target of line 2')
    await target.fill('htp://a.example')
    await page.getByText('has the scheme "htp:"').waitFor()
    t.equal(await target.getAttribute('aria-invalid'), 'true')
    t.equal(await page.getByRole('button', { name: /^Import/ }).count(), 0, 'all of it or nothing')
    t.strictSame(await faultsInEveryLook(page), [])
    await target.fill('https://a.example/nightly')
    await page.getByLabel('Target of line 4').fill('backup\n--some of it\n')
    // Another line around them takes nothing from what was written over.
    await crontab.fill(`${CRONTAB}15 3 * * * /usr/local/bin/backup --all\n@daily true\n`)
    await page.getByText('3 new, 1 cannot be jobs').waitFor()
    t.equal(await page.getByLabel('Name of line 2').inputValue(), 'My report')
    t.equal(await scheduler.countJobs(), 0, 'nothing is saved yet')

    await page.getByRole('button', { name: 'Import 3 jobs' }).click()
    await page.getByText('3 created, 0 updated.').waitFor()
    await page.getByText('3 there already, 1 cannot be jobs').waitFor()
    t.equal(await page.getByRole('button', { name: /^Import/ }).count(), 0, 'twice is once')
    t.match(await scheduler.listJobs({}), [
      { name: 'My report', key: /^crontab:/, target: { url: 'https://a.example/nightly' } },
      { schedule: '15 3 * * *', target: { argv: ['backup', '--some of it'] } },
      { name: 'true' }
    ])
    // The browser itself writes a line for what is refused.
    t.strictSame(
      complaints.filter((line) => !line.includes('status of 400')),
      []
    )
  }
)
