import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { createSink } from '../helpers/sink.ts'

const skip = browserSkipped

test('where there is no job, what is pasted from the page makes one', { skip }, async (t) => {
  const { page, scheduler, show, url, complaints } = await openDashboard(t)
  await show('#/')
  await page.getByText('There are no jobs yet.').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  t.equal(
    await page.getByRole('link', { name: 'Fill in a form' }).getAttribute('href'),
    '#/jobs/new'
  )
  t.match(await page.getByLabel('With the client').innerText(), `createClient({ url: '${url}' })`)
  t.strictSame(await faultsInEveryLook(page), [])

  const curl = await page.getByLabel('With curl').innerText()
  await promisify(execFile)('sh', ['-c', curl.replace('curl ', 'curl -fsS ')])
  t.equal(await scheduler.countJobs(), 1)
  await page.getByText('All quiet').waitFor()
  t.match(await page.locator('.lead').innerText(), /All quiet: 1 job, next run First job in \d/)
  t.strictSame(complaints, [])
})

test('a job that fails is told with its error, is paused, and runs again', { skip }, async (t) => {
  const sink = await createSink(t)
  sink.respondWith({ status: 404 })
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const start = new Date(Date.now() + 1_800_000).toISOString()
  const ping = { name: 'Ping', repeat_interval: '1h', start_date: start }
  const { id } = await scheduler.createJob({
    ...ping,
    target: { type: 'http', url: `${sink.url}/gone` }
  })
  const later = await scheduler.createJob({ ...ping, name: 'Tomorrow', repeat_interval: '1d' })
  await scheduler.updateJob(later.id, { start_date: '2100-01-01T00:00:00Z' })
  await scheduler.pause((await scheduler.createJob({ ...ping, name: 'Held' })).id)
  await show('#/')
  await page.getByText('All quiet').waitFor()
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.getByRole('img', { name: '1 job due within the hour' }).waitFor()
  t.match(
    await page.getByRole('list', { name: 'Due within the hour' }).innerText(),
    /^Ping in (29|30) min$/
  )
  const numbers = page.getByRole('list', { name: 'Numbers' })
  t.match(
    (await numbers.innerText()).replaceAll(/\s+/g, ' '),
    '2 enabled 1 paused 0 running 0 due 0 failed in 24 h'
  )

  await scheduler.run(id)
  await page.getByText('1 job needs attention').waitFor()
  await page.getByText('failed once').waitFor()
  await page.locator('.attention').getByText('404').waitFor()
  await untilCount(page.locator('tbody tr'), 1)
  t.strictSame(await faultsInEveryLook(page), [])

  const actions = page.getByRole('group', { name: 'Ping' })
  await actions.getByRole('button', { name: 'Pause' }).click()
  await page.getByText('failed once, paused').waitFor()
  t.match(await scheduler.getJob(id), { state: 'paused' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await actions.getByRole('button', { name: 'Pause' }).waitFor()
  t.match(await scheduler.getJob(id), { state: 'enabled' })
  sink.respondWith({ status: 200 })
  await actions.getByRole('button', { name: 'Run now' }).click()
  await page.getByText('All quiet: 3 jobs').waitFor()

  await numbers.getByRole('link', { name: 'paused' }).click()
  await untilCount(page.locator('tbody tr'), 1)
  await page.getByRole('link', { name: 'Held' }).waitFor()
  t.strictSame(complaints, [])
})

test('a job that should have run by now needs attention', { skip }, async (t) => {
  const clock = createManualClock()
  const { page, scheduler, show } = await openDashboard(t, { autoStart: false }, clock)
  await scheduler.createJob({ name: 'Stuck', repeat_interval: '10m' })
  await scheduler.createJob({ name: 'Just due', repeat_interval: '12m30s' })
  clock.jumpTo(clock.now() + 785_000)
  await show('#/')
  await page.getByText('1 job needs attention').waitFor()
  const troubled = page.locator('.attention li')
  t.equal(await troubled.count(), 1)
  t.match(await troubled.innerText(), /Stuck ◌ overdue, was due 3 min ago/)
  t.strictSame(await faultsInEveryLook(page), [])
})
