import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import carillon from '../../index.ts'
import { browserSkipped, openPage } from '../helpers/browser.ts'
import { openDashboard, untilCount } from '../helpers/dashboard.ts'
import { createPrefixProxy } from '../helpers/prefix-proxy.ts'

const skip = browserSkipped

/** The page at an address: it loads, lists, hears of what happens, and makes a job. */
async function worksAt(t: Test, url: string): Promise<void> {
  const { page, requests, complaints } = await openPage(t)
  await page.goto(url)
  await page.getByRole('link', { name: 'Fill in a form' }).click()
  await page.getByLabel('Cron expression').fill('0 9 * * 1-5')
  await page.getByText('At 09:00 from Monday to Friday').waitFor()
  await page.getByLabel('Name', { exact: true }).fill('By hand')
  await page.getByRole('button', { name: 'Save and run now' }).click()
  await page.locator('tbody .state.succeeded').waitFor()
  await page.getByRole('link', { name: 'Jobs', exact: true }).click()
  await untilCount(page.locator('tbody tr'), 1)
  await page.getByRole('button', { name: 'Live' }).waitFor()
  const made = await fetch(new URL('../jobs', page.url().split('#')[0]), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'By others', repeat_interval: '1h' })
  })
  t.equal(made.status, 201)
  await page.getByRole('link', { name: 'By others' }).waitFor()
  const folder = `${url.replace(/\/$/, '')}/`
  t.strictSame(
    requests.filter((asked) => asked !== url && !asked.startsWith(folder)),
    [],
    'nothing is asked for outside of the folder'
  )
  t.strictSame(complaints, [])
}

test('the page works at the root of a service', { skip }, async (t) => {
  const { url } = await openDashboard(t)
  await worksAt(t, `${url}/`)
})

test('the page works under the prefix that a host gave the plugin', { skip }, async (t) => {
  const host = Fastify({ forceCloseConnections: true })
  t.teardown(() => host.close())
  await host.register(carillon, { prefix: '/team/jobs-of', database: 'sqlite::memory:' })
  await host.listen({ port: 0, host: '127.0.0.1' })
  const { port } = host.server.address() as AddressInfo
  await worksAt(t, `http://127.0.0.1:${port}/team/jobs-of`)
})

test('the page works behind a proxy that takes a folder away', { skip }, async (t) => {
  const { url } = await openDashboard(t)
  const proxy = await createPrefixProxy(t, url, '/tools/sched')
  await worksAt(t, `${proxy.url}/`)
  t.strictSame(proxy.strays, [])
})
