import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Locator, Page } from 'playwright-core'
import type { Test } from 'tap'
import app from '../../app.ts'
import { appOf } from '../../plugins/instance.ts'
import type { Clock } from '../../src/domain/clock.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import { parseConfig, type Options } from '../../src/config.ts'
import { openPage, type TestPage } from './browser.ts'
import { until } from './until.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** A service that listens, and a browser that shows its dashboard. */
export interface Dashboard extends TestPage {
  server: FastifyInstance
  scheduler: Scheduler
  /** Where the service answers, without a slash at the end. */
  url: string
  /** Goes to a screen, such as "#/jobs", and waits for its heading. */
  show(hash: string): Promise<void>
}

/** The whole service in this process, on its own clock or a given one, with its page open. */
export async function openDashboard(
  t: Test,
  options: Partial<Options> = {},
  clock?: Clock
): Promise<Dashboard> {
  const server = Fastify({ forceCloseConnections: true })
  const config = parseConfig({ database: 'sqlite::memory:', ...options })
  await app(server, { config, isService: true, ...(clock !== undefined && { clock }) })
  t.teardown(() => server.close())
  await server.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const opened = await openPage(t)
  const show = async (hash: string): Promise<void> => {
    await opened.page.goto(`${url}/ui/${hash}`)
    await opened.page.waitForSelector('h1')
  }
  return { ...opened, server, scheduler: appOf(server).scheduler, url, show }
}

/** Waits until a page shows so many of something. */
export function untilCount(locator: Locator, count: number): Promise<unknown> {
  return until(`${count} of them`, async () => (await locator.count()) === count)
}

/** Waits until nothing on a page is still being asked for. */
export function untilLoaded(page: Page): Promise<unknown> {
  const loading = page.getByText('Loading…')
  return until(`${page.url()} has loaded`, async () => (await loading.count()) === 0)
}

/** What axe finds against a page as it is; none is what should be. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By the protocol, which no policy of a page keeps out.
  const session = await page.context().newCDPSession(page)
  const { result } = await session.send('Runtime.evaluate', {
    expression: `${AXE}; axe.run().then(({ violations }) => JSON.stringify(violations.map(
      ({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 200)).join(' | '))))`,
    awaitPromise: true,
    returnByValue: true
  })
  await session.detach()
  return JSON.parse(String(result.value)) as string[]
}

/** How many pixels a page is wider than its window; sideways scrolling is a fault. */
export async function tooWide(page: Page): Promise<number> {
  const { scrollWidth, clientWidth } = await page.evaluate<Record<string, number>>(
    '(({ scrollWidth, clientWidth }) => ({ scrollWidth, clientWidth }))(document.documentElement)'
  )
  return (scrollWidth ?? 0) - (clientWidth ?? 0)
}

/** Looks at a screen in both themes, wide and narrow; sideways scrolling is a fault, too. */
export async function faultsInEveryLook(page: Page): Promise<string[]> {
  const faults: string[] = []
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const found = await accessibilityFaults(page)
      faults.push(...found.map((fault) => `${width} ${colorScheme} ${fault}`))
    }
    const over = await tooWide(page)
    if (over > 0) faults.push(`${width}: ${over} px too wide`)
  }
  return faults
}
