import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { test, type Test } from 'tap'
import carillon from '../index.ts'
import { browserSkipped, openPage } from './helpers/browser.ts'
import type { OpenapiDocument } from './helpers/openapi-check.ts'

/** A host application with the scheduler under a prefix, which really listens. */
async function startHost(t: Test): Promise<string> {
  const host = Fastify({ forceCloseConnections: true })
  t.teardown(() => host.close())
  await host.register(carillon, { prefix: '/team/jobs-of', database: 'sqlite::memory:' })
  await host.listen({ port: 0, host: '127.0.0.1' })
  return `http://127.0.0.1:${(host.server.address() as AddressInfo).port}`
}

/** A proxy that shows what is under a path as its root. */
async function startStrippingProxy(t: Test, base: string): Promise<string> {
  const proxy = createServer((incoming, outgoing) => {
    const { method = 'GET', headers, url } = incoming
    const forwarded = send(`${base}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(forwarded)
  })
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    proxy.closeAllConnections()
    proxy.close()
  })
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
}

test(
  'the page of the API is refused nothing by a strict policy, under a prefix and behind a proxy',
  { skip: browserSkipped },
  async (t) => {
    const host = await startHost(t)
    const proxy = await startStrippingProxy(t, `${host}/team/jobs-of`)
    for (const base of [`${host}/team/jobs-of`, proxy]) {
      const { page, complaints, requests } = await openPage(t)
      const answer = await page.goto(`${base}/docs`)
      t.equal(answer?.status(), 200)
      t.match(
        answer?.headers()['content-security-policy'],
        /^default-src 'none'; script-src 'self'/
      )
      await page.waitForSelector('.opblock')
      const described = await fetch(`${base}/openapi.json`)
      const { paths } = (await described.json()) as OpenapiDocument
      const operations = Object.values(paths).flatMap((one) => Object.keys(one))
      t.ok(operations.length > 30)
      t.equal(await page.locator('.opblock').count(), operations.length, 'every operation is shown')
      await page.locator('#operations-Jobs-list_jobs .opblock-summary-control').click()
      await page.locator('#operations-Jobs-list_jobs .execute').click()
      await page.waitForSelector('#operations-Jobs-list_jobs .live-responses-table')
      t.equal(
        await page.locator('.live-responses-table tbody .response-col_status').first().innerText(),
        '200'
      )
      t.strictSame(complaints, [], 'nothing was refused')
      const { origin } = new URL(base)
      t.strictSame(
        requests.filter((url) => !url.startsWith(origin) && !url.startsWith('data:')),
        []
      )
    }
  }
)
