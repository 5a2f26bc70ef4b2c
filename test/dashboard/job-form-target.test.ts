import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard } from '../helpers/dashboard.ts'
import { isQuiet, save } from '../helpers/job-form.ts'
import { createSink } from '../helpers/sink.ts'

const skip = browserSkipped

const secretKey = Buffer.alloc(32, 1).toString('base64')

test('a target is tried from the form, with what a job keeps', { skip }, async (t) => {
  const sink = await createSink(t)
  const { page, scheduler, show, complaints } = await openDashboard(t, { secretKey })
  const headers = { Authorization: { secret: 'Bearer kept-canary-6789' } }
  const { id } = await scheduler.createJob({
    name: 'Called',
    schedule: '@daily',
    target: { type: 'http', url: sink.url, headers }
  })
  await show(`#/jobs/${id}/edit`)
  const button = page.getByRole('button', { name: 'Test target' })
  sink.respondWith({ status: 503, body: `down${'.'.repeat(3_000)}` })
  await page.getByLabel('Params').fill('{"a":1}')
  await button.click()
  await page.getByText('The target answered 503 Service Unavailable.').waitFor()
  t.match(await page.getByLabel('Answer', { exact: true }).innerText(), /^down\.{2044}$/)
  await page.getByText('That is its beginning.').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  t.match(await sink.next(), {
    body: '{"a":1}',
    headers: { authorization: 'Bearer kept-canary-6789', 'carillon-test': 'true' }
  })

  sink.respondWith({ status: 204 })
  await page.getByLabel('Method').selectOption('GET')
  await button.click()
  await page.getByText(/succeeded 204 in \d+ ms/).waitFor()
  t.equal((await sink.next()).method, 'GET')
  t.strictSame(await scheduler.listRuns({}), [], 'there is no run of it')

  await page.getByLabel('URL', { exact: true }).fill('ftp://a.example')
  await button.click()
  await page.getByText('has the scheme "ftp:"').waitFor()
  await page.getByLabel('Params').fill('{')
  await button.click()
  await page.getByText('This cannot be read').waitFor()
  t.equal(sink.requests.length, 2)
  await page.getByRole('radio', { name: 'Call a handler' }).check()
  t.equal(await button.count(), 0, 'others cannot be tried')
  isQuiet(t, complaints)
})

test('a secret that is typed is kept by the service alone', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t, { secretKey })
  await show('#/jobs/new')
  await page.getByLabel('Name', { exact: true }).fill('Secretive')
  await page.getByLabel('Cron expression').fill('0 9 * * *')
  await page.getByRole('radio', { name: 'Call a URL' }).check()
  await page.getByLabel('URL', { exact: true }).fill('https://a.example/')
  await page.getByRole('button', { name: 'Add a header' }).click()
  await page.getByLabel('Header 1, name').fill('Authorization')
  await page.getByLabel('Header 1, secret').check()
  const value = page.getByLabel('Header 1, value')
  await value.fill('Bearer typed-canary-6789')
  t.equal(await value.getAttribute('type'), 'password')
  t.strictSame(await faultsInEveryLook(page), [])
  const kept = 'JSON.stringify({ ...sessionStorage, ...localStorage })'
  t.match(await page.evaluate(kept), /Secretive[^]*Authorization/)
  t.notMatch(await page.evaluate(kept), /canary/)

  await page.reload()
  await page.getByRole('button', { name: 'Go on with it' }).click()
  t.equal(await value.inputValue(), '')
  await save(page)
  await page.getByRole('region', { name: 'Not saved' }).waitFor()
  await value.fill('Bearer typed-canary-6789')
  await save(page)
  await page.getByRole('heading', { name: 'Secretive' }).waitFor()
  const shown = { headers: { Authorization: { secret: '***6789' } } }
  t.match(await scheduler.getJob(1), { target: shown })

  await page.getByRole('link', { name: 'Edit' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Renamed')
  t.equal(await value.inputValue(), '***6789')
  await save(page)
  await page.getByRole('heading', { name: 'Renamed' }).waitFor()
  t.match(await scheduler.getJob(1), { version: 2, target: shown })
  isQuiet(t, complaints)
})
