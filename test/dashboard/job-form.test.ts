import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard } from '../helpers/dashboard.ts'
import { isQuiet, save } from '../helpers/job-form.ts'
import { createPageKeyboard, hasFocus } from '../helpers/page-keyboard.ts'
import { until } from '../helpers/until.ts'

const skip = browserSkipped

test(
  'a job is made by keyboard alone, and its schedule said while it is typed',
  { skip },
  async (t) => {
    const { page, scheduler, show, complaints } = await openDashboard(t)
    const bodies: unknown[] = []
    page.on('request', (request) => {
      if (request.method() === 'POST' && request.url().endsWith('/jobs')) {
        bodies.push(request.postDataJSON())
      }
    })
    const { tabTo } = createPageKeyboard(page)
    await show('#/jobs')
    await tabTo(page.getByRole('link', { name: 'New job' }))
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'New job' }).waitFor()
    t.strictSame(await faultsInEveryLook(page), [])

    await tabTo(page.getByLabel('Cron expression'))
    await page.keyboard.type('0 9 * * 1-5')
    await page.getByText('At 09:00 from Monday to Friday, ').waitFor()
    await tabTo(page.getByRole('main').getByLabel('Time zone'))
    await page.keyboard.press('Control+A')
    await page.keyboard.type('Europe/Paris')
    await page.getByText('At 09:00 from Monday to Friday, Europe/Paris time.').waitFor()
    t.equal(await page.locator('.upcoming li').count(), 5)
    t.match(await page.locator('.upcoming li').first().innerText(), / 09:00:00\+0[12]:00 yours /)
    await tabTo(page.getByLabel('Name', { exact: true }))
    await page.keyboard.type('Morning')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Morning' }).waitFor()
    t.strictSame(bodies, [{ name: 'Morning', schedule: '0 9 * * 1-5', timezone: 'Europe/Paris' }])
    t.equal(await scheduler.countJobs(), 1)
    isQuiet(t, complaints)
  }
)

test(
  'what the service refuses is said beside its field, and above the form',
  { skip },
  async (t) => {
    const { page, requests, scheduler, show, complaints } = await openDashboard(t)
    await show('#/jobs/new')
    await page.getByRole('radio', { name: 'Call a URL' }).check()
    await page.getByRole('button', { name: 'Add a header' }).click()
    await page.getByLabel('Header 1, value').fill('nameless')
    await page.getByLabel('Params').fill('{"a":')
    await save(page)
    const summary = page.getByRole('region', { name: 'Not saved' })
    await until('the summary has the focus', () => hasFocus(summary))
    t.equal(await summary.getByRole('link').count(), 2, 'the header and the params')
    t.notOk(
      requests.some((url) => url.endsWith('/jobs')),
      'nothing was sent'
    )
    t.equal(await page.getByLabel('Params').getAttribute('aria-invalid'), 'true')

    await page.getByLabel('Params').fill('')
    await page.getByLabel('Header 1, name').fill('Not a name')
    await page.getByLabel('URL', { exact: true }).fill('https://a.example/')
    await page.getByLabel('Name', { exact: true }).fill('Refused')
    await page.getByLabel('Cron expression').fill('0 9 * *')
    await save(page)
    await summary.getByRole('link', { name: /is not a header name/ }).waitFor()
    await page.getByRole('button', { name: 'Remove header 1' }).click()
    await save(page)
    await summary.getByRole('link', { name: /it has 4 fields/ }).click()
    const cron = page.getByLabel('Cron expression')
    t.ok(await hasFocus(cron))
    t.equal(await cron.getAttribute('aria-invalid'), 'true')
    const described = (await cron.getAttribute('aria-describedby')) ?? ''
    t.match(await page.locator(`#${described.split(' ')[0]}`).innerText(), /it has 4 fields/)
    t.strictSame(await faultsInEveryLook(page), [])

    await cron.fill('0 9 * * *')
    await page.getByText('More about when').click()
    await page.getByLabel('Runs until it is finished').fill('many')
    await page.getByText('More about when').click()
    await save(page)
    await summary.getByRole('link', { name: /"max_runs" is "many"/ }).click()
    t.ok(await hasFocus(page.getByLabel('Runs until it is finished')), 'opened, and led to')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('3')
    await save(page)
    await page.getByRole('heading', { name: 'Refused' }).waitFor()
    t.match(await scheduler.getJob(1), { max_runs: 3, target: { type: 'http' } })
    isQuiet(t, complaints)
  }
)

test('an edit keeps what the form does not know', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const before = await scheduler.createJob({
    name: 'Full',
    key: 'full',
    repeat_interval: '2h',
    start_date: '2030-01-31T09:00:00.250+01:00',
    exclude: ['25 12 *'],
    misfire_limit: 7,
    retry: { backoff: 'fixed', max_age: '1d' },
    target: { type: 'http', url: 'https://a.example/', success: '2xx,404', headers: { A: 'b' } }
  })
  await show(`#/jobs/${before.id}`)
  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByText('Every 2 hours').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByLabel('Name', { exact: true }).fill('Other')
  await page.getByRole('button', { name: 'View as JSON / curl' }).click()
  t.match(await page.getByLabel('JSON', { exact: true }).innerText(), /"misfire_limit": 7/)
  t.match(
    await page.getByLabel('curl', { exact: true }).innerText(),
    /^curl -X PUT 'http:.*\/jobs\/1'/
  )
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('button', { name: 'Close' }).click()
  await save(page)
  await page.getByRole('heading', { name: 'Other' }).waitFor()
  const after = await scheduler.getJob(before.id)
  const { version, updated_at, ...same } = after
  t.equal(version, 2)
  t.strictSame({ ...same, name: 'Full', version: 1, updated_at: before.updated_at }, before)
  t.ok(updated_at)
  t.strictSame(complaints, [])
})

test('who comes second sees both versions, and takes one', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Contended', schedule: '0 2 * * *' })
  await show(`#/jobs/${id}/edit`)
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Mine')
  await scheduler.updateJob(id, { schedule: '0 3 * * *' })
  await save(page)
  const dialog = page.getByRole('dialog', { name: 'Somebody else has changed it' })
  await dialog.getByText('"0 3 * * *"').waitFor()
  t.equal(await dialog.locator('tbody tr').count(), 2, 'the name and the schedule')
  t.strictSame(await faultsInEveryLook(page), [])
  await dialog.getByRole('button', { name: 'Show theirs' }).click()
  await page.getByText('At 03:00 every day').waitFor()
  t.equal(await name.inputValue(), 'Contended')

  await name.fill('Mine again')
  await scheduler.updateJob(id, { tags: ['theirs'] })
  await save(page)
  await dialog.getByRole('button', { name: 'Save mine anyway' }).click()
  await page.getByRole('heading', { name: 'Mine again' }).waitFor()
  t.match(await scheduler.getJob(id), { name: 'Mine again', version: 4, tags: [] })
  isQuiet(t, complaints)
})

test('what was typed survives a reload, until it is saved', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'First', schedule: '0 2 * * *', key: 'one' })
  await show(`#/jobs/${id}`)
  await page.getByRole('link', { name: 'Clone' }).click()
  const name = page.getByLabel('Name', { exact: true })
  await name.fill('Second')
  await page.reload()
  await page.getByText('was not saved').waitFor()
  t.equal(await name.inputValue(), 'First (copy)', 'offered, not forced')
  t.strictSame(await faultsInEveryLook(page), [])
  await page.getByRole('button', { name: 'Go on with it' }).click()
  t.equal(await name.inputValue(), 'Second')
  await page.getByRole('button', { name: 'Save and run now' }).click()
  await page.getByRole('heading', { name: 'Second' }).waitFor()
  await page.getByText('the schedule is as it was').waitFor()
  await page.locator('tbody .state.succeeded').waitFor()

  await show(`#/jobs/new?from=${id}`)
  await name.waitFor()
  t.equal(await page.getByText('was not saved').count(), 0)
  await name.fill('Third')
  await page.getByRole('link', { name: 'Cancel' }).click()
  await page.getByRole('heading', { name: 'Jobs' }).waitFor()
  await show(`#/jobs/new?from=${id}`)
  await name.waitFor()
  t.equal(await page.getByText('was not saved').count(), 0)
  t.strictSame(complaints, [])
})

test('a preview that has been overtaken is given up', { skip }, async (t) => {
  const { page, show, complaints } = await openDashboard(t)
  await show('#/jobs/new')
  const asked = Promise.withResolvers<void>()
  await page.route('**/schedules/preview', async (route) => {
    const { schedule } = route.request().postDataJSON() as { schedule: string }
    // The first one is never answered.
    if (schedule === '0 9 * * *') asked.resolve()
    else await route.continue()
  })
  const givenUp = page.waitForEvent('requestfailed')
  await page.getByLabel('Cron expression').fill('0 9 * * *')
  await asked.promise
  await page.getByLabel('Cron expression').fill('0 10 * * *')
  const request = await givenUp
  t.match(request.postDataJSON(), { schedule: '0 9 * * *' })
  await page.getByText('At 10:00 every day').waitFor()
  t.strictSame(complaints, [])
})
