import { t as file, test } from 'tap'
import { browserSkipped } from '../helpers/browser.ts'
import { openDashboard, untilCount, untilLoaded } from '../helpers/dashboard.ts'
import { insertJobs, insertRuns } from '../helpers/inserted-jobs.ts'
import { createPageKeyboard, hasFocus } from '../helpers/page-keyboard.ts'
import { until } from '../helpers/until.ts'

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
  '#/import',
  '#/jobs/1',
  '#/runs/1'
]
const LEAST_TARGET = 24

/** Controls that are too small; a link in a line of text may be as high as its line (WCAG 2.5.8). */
const SMALL_TARGETS = `(() => {
  const all = document.querySelectorAll('button, input, select, textarea, summary, a')
  const isInLine = (one) => one.matches('a') && getComputedStyle(one).display === 'inline'
  const isSmall = (one) => {
    const { width, height } = one.getBoundingClientRect()
    return width < ${LEAST_TARGET} || height < ${LEAST_TARGET}
  }
  const isHidden = (one) => one.getBoundingClientRect().width === 0 || one.matches('.skip')
  return [...all]
    .filter((one) => !isHidden(one) && !isInLine(one) && isSmall(one))
    .filter((one) => one.closest('label') === null || isSmall(one.closest('label')))
    .map(({ outerHTML }) => outerHTML.slice(0, 160))
})()`

test('everything that is pressed is big enough, and shows the focus', { skip }, async (t) => {
  const { page, server, show, complaints } = await openDashboard(t)
  await insertJobs(server, 3, { failing: true })
  await insertRuns(server, 3)
  const { press } = createPageKeyboard(page)
  for (const hash of SCREENS) {
    await show(hash)
    await untilLoaded(page)
    for (const width of [1280, 320]) {
      await page.setViewportSize({ width, height: 800 })
      t.strictSame(await page.evaluate(SMALL_TARGETS), [], `${hash} at ${width}`)
    }
    const first = page.getByRole('link', { name: 'Skip to the content' })
    await first.focus()
    await press('Enter')
    t.ok(await hasFocus(page.locator('#main')), 'the header can be skipped')
    // Each step looks at the ring; past the end the browser itself would have the focus.
    const stops = 'main :is(a, button, input, select):visible:not([tabindex="-1"])'
    const reached = await page.locator(stops).count()
    for (let step = 0; step < Math.min(reached, 12) - 1; step++) await press('Tab')
  }
  t.strictSame(complaints, [])
})

test('who wants less motion gets none', { skip }, async (t) => {
  const { page, show } = await openDashboard(t)
  await show('#/jobs')
  const moving = `(() => {
    const one = document.querySelector('header .live')
    one.style.transition = 'all 1s'
    one.style.animation = 'turn 1s infinite'
    const { transitionDuration, animationName } = getComputedStyle(one)
    return [transitionDuration, animationName]
  })()`
  t.strictSame(await page.evaluate(moving), ['1s', 'turn'])
  await page.emulateMedia({ reducedMotion: 'reduce' })
  t.strictSame(await page.evaluate(moving), ['0s', 'none'])
})

/** Pictures, and dots, that have no more colour than what is behind them. */
const UNSEEN = `(() => {
  const probe = document.createElement('span')
  document.body.append(probe)
  probe.style.backgroundColor = 'Canvas'
  const canvas = getComputedStyle(probe).backgroundColor
  probe.remove()
  const shapes = [...document.querySelectorAll('svg :is(path, rect, circle, text)')]
    .filter((one) => getComputedStyle(one).fill === canvas)
  const lines = [...document.querySelectorAll('svg line')]
    .filter((one) => getComputedStyle(one).stroke === canvas)
  const dots = [...document.querySelectorAll('.dot')]
    .filter((one) => getComputedStyle(one).backgroundColor === canvas)
  return [...shapes, ...lines, ...dots].map(({ outerHTML }) => outerHTML.slice(0, 120))
})()`

test(
  'in colours that the reader forces, signs and pictures are still seen',
  { skip },
  async (t) => {
    const { page, server, show } = await openDashboard(t)
    await insertJobs(server, 60, { failing: true })
    await insertRuns(server, 60)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ forcedColors: 'active', colorScheme })
      for (const hash of ['#/', '#/jobs', '#/jobs/1', '#/schedule', '#/runs/1']) {
        await show(hash)
        await untilLoaded(page)
        if (hash === '#/jobs') await untilCount(page.locator('.sparkline'), 50)
        t.strictSame(await page.evaluate(UNSEEN), [], `${hash} in ${colorScheme}`)
      }
      const sign = page.locator('.state > span[aria-hidden]').first()
      t.match(await sign.innerText(), /\S/)
      t.ok(await sign.isVisible())
    }
  }
)

/** Keeps all that the live region has held. */
const KEEP_SAID = `(() => {
  const region = document.querySelector('[role=status][aria-label=Changes]')
  window.said = []
  new MutationObserver(() => window.said.push(region.textContent))
    .observe(region, { childList: true, characterData: true, subtree: true })
})()`

test('changes of state are said, politely and one in five seconds', { skip }, async (t) => {
  const { page, scheduler, show, complaints } = await openDashboard(t)
  const { id } = await scheduler.createJob({ name: 'Said', repeat_interval: '1h' })
  await page.clock.install()
  await show(`#/jobs/${id}`)
  await page.getByRole('button', { name: 'Live' }).waitFor()
  await page.locator('.state.enabled').waitFor()
  await page.clock.pauseAt(Date.now() + 60_000)
  await page.evaluate(KEEP_SAID)
  const region = page.getByRole('status', { name: 'Changes' })
  t.equal(await region.getAttribute('aria-live'), null, 'a status is polite by itself')
  const said = (): Promise<string[]> => page.evaluate('window.said')
  /** The page's own time moves only here, and more slowly than the real one. */
  const moveUntil = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
    await until(what, async () => {
      await page.clock.runFor(20)
      return isSo()
    })
  }
  const isShown = async (state: string): Promise<boolean> =>
    (await page.locator(`main .state.${state}`).count()) > 0

  await scheduler.pause(id)
  await moveUntil('the job is paused', () => isShown('paused'))
  await moveUntil('that is said', async () => (await said()).length > 0)
  t.strictSame(await said(), ['This job: paused'])
  await scheduler.resume(id)
  await moveUntil('the job goes on', () => isShown('enabled'))
  await page.clock.runFor(100)
  t.strictSame(await said(), ['This job: paused'], 'shown at once, and not said yet')
  await page.clock.runFor(5_000)
  t.strictSame(await said(), ['This job: paused', 'This job: enabled'])

  await scheduler.updateJob(id, { name: 'Renamed' })
  const isRenamed = (): Promise<boolean> =>
    page.getByRole('heading', { name: 'Renamed' }).isVisible()
  await moveUntil('it has its new name', isRenamed)
  await page.clock.runFor(10_000)
  t.equal((await said()).length, 2, 'what is no state is not said')
  t.strictSame(complaints, [])
})
