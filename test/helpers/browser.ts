import { existsSync } from 'node:fs'
import { chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const CHROMIUM = '/usr/bin/chromium'

/** Why there is no browser here, or false when there is one. */
export const browserSkipped = existsSync(CHROMIUM) ? false : `${CHROMIUM} is not installed`

export interface TestPage {
  page: Page
  /** What the page complained of: errors, warnings and refused requests. */
  complaints: string[]
  /** Every address that was asked for. */
  requests: string[]
}

/** What the policy of a page refuses is said aloud, whatever the browser does about it. */
const TELL_VIOLATIONS = `addEventListener('securitypolicyviolation', (event) =>
  console.error('Policy: ' + event.violatedDirective + ' ' + event.blockedURI), true)`

/** A new page of a real browser, closed when the test ends. */
export async function openPage(t: Test): Promise<TestPage> {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking']
  })
  t.teardown(() => browser.close())
  const context = await browser.newContext()
  const page = await context.newPage()
  const complaints: string[] = []
  const requests: string[] = []
  await page.addInitScript(TELL_VIOLATIONS)
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('requestfailed', (request) => {
    // A page that is left, or loaded anew, gives up what it was asking for.
    const why = request.failure()?.errorText ?? ''
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed: ${why}`)
  })
  page.on('request', (request) => requests.push(request.url()))
  return { page, complaints, requests }
}
