import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import Fastify from 'fastify'
import { test } from 'tap'
import carillon from '../../index.ts'
import { createTestApp } from '../helpers/app.ts'

const ASSETS = path.join(import.meta.dirname, '../../dashboard/dist/assets')
const MAX_SCRIPT_BYTES = 40 * 1024
const MAX_STYLE_BYTES = 8 * 1024

function weightOf(ending: string): number {
  const files = readdirSync(ASSETS).filter((name) => name.endsWith(ending))
  return files.reduce(
    (sum, name) => sum + gzipSync(readFileSync(path.join(ASSETS, name))).length,
    0
  )
}

test('the page is light: 40 KiB of script and 8 KiB of style, as they are sent', async (t) => {
  t.ok(weightOf('.js') > 0)
  t.ok(weightOf('.js') <= MAX_SCRIPT_BYTES, `${weightOf('.js')} bytes of script`)
  t.ok(weightOf('.css') <= MAX_STYLE_BYTES, `${weightOf('.css')} bytes of style`)
})

test('the service leads to its page, which lets nothing in from elsewhere', async (t) => {
  const { server } = await createTestApp(t, { isService: true })
  for (const url of ['/', '/ui', '/?a=b']) {
    const { statusCode, headers } = await server.inject(url)
    t.equal(statusCode, 302, url)
    t.equal(headers.location, './ui/', url)
  }
  const page = await server.inject('/ui/')
  t.equal(page.statusCode, 200)
  t.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self';/)
  t.equal(page.headers['cache-control'], 'no-cache')
  const [, script = ''] = /src="\.\/(assets\/[^"]+)"/.exec(page.body) ?? []
  const asset = await server.inject(`/ui/${script}`)
  t.equal(asset.statusCode, 200)
  t.match(asset.headers['cache-control'], /immutable/)
  t.equal((await server.inject('/ui/assets/none.js')).statusCode, 404)
  t.equal((await server.inject('/ui/..%2f..%2fpackage.json')).statusCode, 404)
})

test('under a prefix it is below the prefix, and at the root of a host it leaves the root alone', async (t) => {
  const host = Fastify()
  t.teardown(() => host.close())
  const options = { database: 'sqlite::memory:', autoStart: false }
  await host.register(carillon, { prefix: '/team/jobs-of', ...options })
  await host.register(carillon, { ...options, decorateAs: 'second' })
  await host.ready()
  t.equal((await host.inject('/team/jobs-of')).headers.location, './jobs-of/ui/')
  t.equal((await host.inject('/team/jobs-of/')).headers.location, './ui/')
  t.equal((await host.inject('/team/jobs-of/ui')).headers.location, './ui/')
  t.equal((await host.inject('/team/jobs-of/ui/')).statusCode, 200)
  t.equal((await host.inject('/ui/')).statusCode, 200)
  t.equal((await host.inject('/')).statusCode, 404)
})

test('it can be turned off', async (t) => {
  const { server } = await createTestApp(t, { isService: true, config: { dashboard: false } })
  t.equal((await server.inject('/ui/')).statusCode, 404)
  t.equal((await server.inject('/')).statusCode, 404)
})
