import { test } from 'tap'
import { openScheduler } from '../../core.ts'
import { version } from '../../src/version.ts'
import { browserSkipped } from '../helpers/browser.ts'
import { openDatabase } from '../../src/store/open.ts'
import { faultsInEveryLook, openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createFolder } from '../helpers/service.ts'

const skip = browserSkipped
/** 32 bytes. */
const SECRET_KEY = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY='

test(
  'the service says how it is, and which replicas it has, as they come and go',
  { skip },
  async (t) => {
    const database = `sqlite:${await createFolder(t)}/jobs.db`
    const { page, scheduler, show, url, complaints } = await openDashboard(t, {
      database,
      maxConcurrentRuns: 7,
      secretKey: SECRET_KEY
    })
    await show('#/system')
    await page.locator('.state').getByText('Ready').waitFor()
    await page.getByText(version, { exact: true }).first().waitFor()
    await page.getByText('agrees with this browser').waitFor()
    await page.getByText('nothing waits').waitFor()
    await page.getByText(/^SQLite 3.*MiB, answers in [\d.]+ ms/).waitFor()
    await page.getByText('7d, and 1000 runs of each job').waitFor()
    await page.getByRole('cell', { name: '0 of 7' }).waitFor()
    t.equal(await page.locator('.banner').count(), 0)
    const links = await page.locator('main a').evaluateAll((all) => all.map(String))
    t.strictSame(links, [`${url}/docs/`, `${url}/metrics`, `${url}/readyz`])

    await page.getByText('Configuration in force').click()
    await page.getByRole('row', { name: 'maxConcurrentRuns 7' }).waitFor()
    t.match(await page.getByRole('row', { name: /^secretKey/ }).textContent(), '***')
    t.strictSame(await faultsInEveryLook(page), [])

    const other = await openScheduler({ database })
    await untilCount(page.getByRole('cell', { name: 'live' }), 2)
    t.strictSame(await faultsInEveryLook(page), [])
    await other.close()
    await page.getByRole('cell', { name: 'stopped' }).waitFor()
    t.strictSame(complaints, [])

    await scheduler.stop()
    await page.reload()
    await page.locator('.banner').getByText('The scheduler is stopping.').waitFor()
    await page.locator('.failure').getByText('Not ready').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
  }
)

test(
  'all scheduling is paused with a reason, which every screen shows at once',
  { skip },
  async (t) => {
    const { page, scheduler, show, complaints } = await openDashboard(t)
    const { id } = await scheduler.createJob({ name: 'Kept', repeat_interval: '1h' })
    await show('#/system')
    await page.getByRole('button', { name: 'Pause scheduling' }).click()
    const question = page.getByRole('dialog')
    await question.getByText('What runs goes on.').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await page.keyboard.press('Escape')
    t.equal((await scheduler.system()).scheduling.state, 'running', 'it needs its own button')
    await page.getByRole('button', { name: 'Pause scheduling' }).click()
    await question.getByLabel('Reason').fill('the store moves')
    await question.getByRole('button', { name: 'Pause scheduling' }).click()
    const banner = page.locator('.banner')
    await banner.getByText('All scheduling is paused').waitFor()
    t.match((await scheduler.system()).scheduling, { state: 'paused', reason: 'the store moves' })
    t.equal((await scheduler.run(id)).state, 'pending')

    // Another reason is told by the stream, also on another screen.
    await show('#/jobs')
    await banner.getByText('the store moves').waitFor()
    await scheduler.pauseScheduling({ reason: 'it takes longer' }, { actor: 'ann', address: null })
    await banner.getByText('by ann: it takes longer').waitFor()
    await show('#/')
    await page.getByText('Paused: 1 job, nothing starts until scheduling is resumed').waitFor()
    t.strictSame(await faultsInEveryLook(page), [])
    await banner.getByRole('button', { name: 'Resume scheduling' }).click()
    await untilCount(banner, 0)
    await page.getByText('All quiet').waitFor()
    t.equal((await scheduler.system()).scheduling.state, 'running')
    await show('#/system')
    await page.getByRole('button', { name: 'Prune now' }).click()
    await page.getByText('Deleted 0 runs past retention.').waitFor()
    t.strictSame(complaints, [])
  }
)

test('that no replica looks for what is due is told', { skip }, async (t) => {
  const database = `sqlite:${await createFolder(t)}/jobs.db`
  const writer = await openDatabase(database)
  t.teardown(() => writer.close())
  const options = { database, autoStart: false }
  const { page, scheduler, show, complaints } = await openDashboard(t, options)
  await scheduler.createJob({ name: 'Left alone', repeat_interval: '1h' })
  const row = { name: 'silent', host: 'h', pid: 1, version: '0', started_at: 0 }
  const times = { passed_at: Date.now() - 120_000, expires_at: Date.now() - 90_000 }
  await writer.query
    .insertInto('carillon_replicas')
    .values({ ...row, ...times })
    .execute()
  await show('#/')
  await page.locator('.banner').getByText('No replica looks for what is due.').waitFor()
  await page.getByText('At a halt: 1 job, no replica looks for what is due').waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await show('#/system')
  await page.getByRole('cell', { name: 'expired' }).waitFor()
  t.strictSame(complaints, [])
})

test('clocks that do not agree are told on every screen', { skip }, async (t) => {
  const { page, show, complaints } = await openDashboard(t)
  await page.addInitScript('{ const now = Date.now; Date.now = () => now() - 300_000 }')
  await show('#/jobs')
  const banner = page.locator('.banner')
  await banner.getByText(/is [45] min ahead of this browser's/).waitFor()
  t.strictSame(await faultsInEveryLook(page), [])
  await show('#/system')
  await page.getByText(/^[45] min ahead of this browser's$/).waitFor()
  t.strictSame(complaints, [])
})
