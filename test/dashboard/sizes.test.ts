import { t as file, test, type Test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import {
  accessibilityFaults,
  openDashboard,
  tooWide,
  untilCount,
  untilLoaded,
  type Dashboard
} from '../helpers/dashboard.ts'
import { insertJobs, insertRuns } from '../helpers/inserted-jobs.ts'

file.setTimeout(300_000)
const skip = browserSkipped

const SCREENS = [
  '#/',
  '#/jobs',
  '#/runs',
  '#/schedule',
  '#/schedule?view=week',
  '#/system',
  '#/jobs/new',
  '#/import'
]
/** Where there is a job that failed. */
const SCREENS_OF_ONE = [
  '#/jobs/1',
  '#/jobs/1?tab=definition',
  '#/jobs/1?tab=changes',
  '#/jobs/1/edit',
  '#/runs/1'
]

/** More than a screen shows of anything: a week has 168 hours in 24 rows. */
const MOST_ROWS = 200

/** Looks wide and light, and narrow and dark: the other two looks are those of other tests. */
async function looksWell(t: Test, { page, show }: Dashboard, hash: string): Promise<void> {
  await show(hash)
  await untilLoaded(page)
  for (const [width, colorScheme] of [
    [1280, 'light'],
    [320, 'dark']
  ] as const) {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme })
    t.strictSame(await accessibilityFaults(page), [], `${hash} at ${width}`)
    t.ok((await tooWide(page)) <= 0, `${hash} is no wider than ${width}`)
  }
  t.equal(await page.locator('h1').count(), 1, `${hash} has one heading`)
  t.equal(await page.locator('main .failure[role=alert]').count(), 0, `${hash} fails in no part`)
  const rows = await page.locator('main :is(tbody tr, li)').count()
  t.ok(rows <= MOST_ROWS, `${hash} has ${rows} rows`)
}

for (const count of [0, 1, 50, 10_000]) {
  test(`every screen is as it should be with ${count} jobs`, { skip }, async (t) => {
    const dashboard = await openDashboard(t)
    await insertJobs(dashboard.server, count, { failing: true })
    await insertRuns(dashboard.server, count)
    for (const hash of count === 0 ? SCREENS : [...SCREENS, ...SCREENS_OF_ONE]) {
      await looksWell(t, dashboard, hash)
    }
    t.strictSame(dashboard.complaints, [])
  })
}

test('one of 10,000 jobs is found by the service, and a page at a time', { skip }, async (t) => {
  const { page, server, show, requests, complaints } = await openDashboard(t)
  await insertJobs(server, 10_000)
  await show('#/jobs')
  const rows = page.locator('tbody tr')
  await page.getByText('Showing 50 of 10,000').waitFor()
  t.equal(await rows.count(), 50)
  await page.getByRole('button', { name: 'Load more' }).click()
  await page.getByText('Showing 100 of 10,000').waitFor()
  await untilCount(rows, 100)

  await page.getByLabel('Name contains').pressSequentially('JOB 9876')
  await page.getByText('Showing 1 of 1').waitFor()
  await page.getByRole('link', { name: 'job 9876' }).waitFor()
  const searches = requests.filter((url) => new URL(url).searchParams.has('q'))
  t.ok(searches.some((url) => url.includes('q=JOB+9876')))
  t.strictSame(complaints, [])
})

test(
  'the first table needs four requests and 250 kB, whatever the number of jobs',
  { skip },
  async (t) => {
    const { page, server, show, requests } = await openDashboard(t)
    await insertJobs(server, 1_000)
    const sizes: Promise<number>[] = []
    page.on('response', (response) => {
      // A stream of events has no end.
      const isStream = response.url().includes('/events')
      if (!isStream) sizes.push(response.body().then(({ length }) => length))
    })
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    // What comes later than the table may come as late as it likes.
    await page.route(/access|activity|readyz|events|icon/, async (route) => {
      await released
      await route.continue()
    })
    await show('#/jobs')
    await untilCount(page.locator('tbody tr'), 50)
    const needed = requests.filter((url) => !/access|activity|readyz|events|icon/.test(url))
    t.equal(needed.length, 4, `page, script, style, jobs: ${needed.join(' ')}`)
    const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
    t.ok(bytes <= 250_000, `${bytes} bytes, not compressed`)
    release()
  }
)
