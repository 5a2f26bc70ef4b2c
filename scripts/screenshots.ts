/**
 * Takes the pictures of the documentation anew, in both themes: `npm run screenshots`. The jobs of a
 * team live on a clock of their own for two weeks, always in the same way; then a real browser looks.
 */
import './screenshots/steady-host.ts'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { openTeam, type Team } from './screenshots/open-team.ts'
import { smallPng } from './screenshots/small-png.ts'
import { NOW } from './screenshots/team-life.ts'

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const IMAGES = path.join(import.meta.dirname, '../docs/images')
const MOST_BYTES = 1_500_000
const SIZE = { width: 1280, height: 800 }
/** What is asked for beside the rest of a screen, and drawings of it, have come by then. */
const REST_MS = 700
const [only = ''] = process.argv.slice(2)

/** Each picture by its name, and the screen that it shows. */
function screensOf({ failing, failedRun, healthy }: Team): Record<string, string> {
  return {
    overview: '#/',
    jobs: '#/jobs',
    job: `#/jobs/${failing}`,
    form: `#/jobs/new?from=${healthy}`,
    runs: '#/runs',
    run: `#/runs/${failedRun}`,
    timeline: '#/schedule',
    week: '#/schedule?view=week',
    system: '#/system',
    import: '#/import'
  }
}

const folder = await mkdtemp(path.join(tmpdir(), 'carillon-'))
const team = await openTeam(`sqlite:${folder}/team.db`)
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-lcd-text', '--hide-scrollbars']
})
try {
  await mkdir(IMAGES, { recursive: true })
  for (const colorScheme of ['light', 'dark'] as const) {
    const context = await browser.newContext({
      viewport: SIZE,
      colorScheme,
      timezoneId: 'Europe/Paris',
      locale: 'en-GB'
    })
    const page = await context.newPage()
    await page.clock.setFixedTime(NOW)
    for (const [name, hash] of Object.entries(screensOf(team))) {
      if (!name.startsWith(only)) continue
      await page.goto(`${team.url}/ui/${hash}`)
      await page.getByRole('button', { name: 'Live' }).waitFor()
      if (name === 'import') await page.getByRole('button', { name: 'Sample crontab' }).click()
      await page.locator('main:not(:has(.loading))').waitFor()
      await page.waitForTimeout(REST_MS)
      await writeFile(
        path.join(IMAGES, `${name}-${colorScheme}.png`),
        smallPng(await page.screenshot())
      )
    }
    await context.close()
  }
} finally {
  await browser.close()
  await team.close()
  await rm(folder, { recursive: true })
}

const sizes = await Promise.all(
  (await readdir(IMAGES)).map(async (name) => (await stat(path.join(IMAGES, name))).size)
)
const bytes = sizes.reduce((sum, size) => sum + size, 0)
console.log(`${sizes.length} pictures, ${Math.round(bytes / 1_000)} kB`)
if (bytes > MOST_BYTES) throw new Error(`That is more than ${MOST_BYTES} bytes.`)
