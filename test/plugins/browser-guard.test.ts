import { test } from 'tap'
import { createBrowserRules } from '../../src/browser-rules.ts'
import { createTestApp } from '../helpers/app.ts'

const SERVICE = { host: 'localhost', allowedHosts: null, publicUrl: null }

interface Sent {
  method?: string
  host?: string
  origin?: string
  fetchSite?: string
}

/** The code of what refuses a request, or "answered". */
function outcomeOf(options: object, { method = 'GET', host = 'localhost:8080', ...sent }: Sent) {
  const check = createBrowserRules({ ...SERVICE, ...options })
  try {
    check({ method, host, origin: sent.origin, fetchSite: sent.fetchSite })
    return 'answered'
  } catch (error) {
    return (error as { code?: string }).code
  }
}

test('a name that is not its own is refused, whatever is asked for', (t) => {
  const own = [
    'localhost',
    'localhost:8080',
    'LOCALHOST:1',
    '127.0.0.1:8080',
    '[::1]:8080',
    '[::1]'
  ]
  for (const host of own) t.equal(outcomeOf({}, { host }), 'answered', host)
  const foreign = [
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'evil.example:8080',
    'localhost@evil.example',
    'evil.example#localhost',
    '0.0.0.0:8080',
    'localhost.',
    ''
  ]
  for (const host of foreign) t.equal(outcomeOf({}, { host }), 'host_not_allowed', host)
  t.equal(outcomeOf({ allowedHosts: ['jobs.example'] }, { host: 'Jobs.Example:80' }), 'answered')
  t.equal(outcomeOf({ allowedHosts: [] }, { host: 'jobs.example' }), 'host_not_allowed')
  const shared = { host: '0.0.0.0' }
  t.equal(outcomeOf(shared, { host: 'carillon:8080' }), 'answered', 'others reach it by any name')
  t.equal(outcomeOf({ ...shared, allowedHosts: ['a'] }, { host: 'b' }), 'host_not_allowed')
  t.end()
})

test('only pages of its own may write', (t) => {
  const post = (sent: Sent, options: object = {}) => outcomeOf(options, { method: 'POST', ...sent })
  const answered: Sent[] = [
    {},
    { origin: 'http://localhost:8080' },
    { fetchSite: 'same-origin', origin: 'http://localhost:8080' },
    { fetchSite: 'none' }
  ]
  for (const sent of answered) t.equal(post(sent), 'answered', JSON.stringify(sent))
  const refused: Sent[] = [
    { origin: 'null' },
    { origin: 'https://evil.example' },
    { origin: 'http://localhost:9090' },
    { origin: 'http://localhost' },
    { origin: 'nonsense' },
    { fetchSite: 'cross-site' },
    { fetchSite: 'same-site', origin: 'http://localhost:8080' },
    { fetchSite: 'cross-site', origin: 'http://localhost:8080' },
    { fetchSite: '' }
  ]
  for (const sent of refused) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      t.equal(post({ ...sent, method }), 'cross_site_request', `${method} ${JSON.stringify(sent)}`)
    }
    t.equal(post({ ...sent, method: 'GET' }), 'answered', 'a browser lets no page read it')
  }
  const proxied = { host: '127.0.0.1', publicUrl: 'https://jobs.example/carillon' }
  t.equal(post({ origin: 'https://jobs.example', host: '127.0.0.1:8080' }, proxied), 'answered')
  t.equal(post({ origin: 'https://jobs.example', host: 'jobs.example' }, proxied), 'answered')
  t.equal(post({ origin: 'https://other.example' }, proxied), 'cross_site_request')
  t.end()
})

test('the service refuses by these rules before it looks at anything else', async (t) => {
  const config = { apiKey: 'k'.repeat(40) }
  const { request } = await createTestApp(t, { isService: true, config })
  const headers = { host: 'evil.example' }
  for (const call of ['GET /jobs', 'GET /metrics', 'GET /nothing', 'DELETE /jobs/1']) {
    t.match(await request(call, undefined, { headers }), {
      status: 421,
      body: { code: 'host_not_allowed', detail: /"evil\.example".*CARILLON_ALLOWED_HOSTS/ }
    })
  }
  t.match(await request('POST /jobs', undefined, { headers: { 'sec-fetch-site': 'cross-site' } }), {
    status: 403,
    body: { code: 'cross_site_request', detail: /CARILLON_PUBLIC_URL/ }
  })
  t.equal((await request('GET /jobs')).status, 401)
  t.equal((await request('GET /livez', undefined, { headers })).status, 200, 'probes may')
})

test('what a proxy says of the name counts for nothing, trusted or not', async (t) => {
  for (const trustProxy of [null, '127.0.0.1']) {
    const { request } = await createTestApp(t, { isService: true, config: { trustProxy } })
    const get = async (host: string, forwarded: string) => {
      const headers = { host, 'x-forwarded-host': forwarded, forwarded: `host=${forwarded}` }
      return (await request('GET /jobs', undefined, { headers })).status
    }
    t.equal(await get('evil.example', 'localhost'), 421)
    t.equal(await get('localhost', 'evil.example'), 200)
  }
})

test('inside a host application, who may call is the host’s to say', async (t) => {
  const { request } = await createTestApp(t)
  const headers = { host: 'app.example', 'sec-fetch-site': 'cross-site' }
  t.equal((await request('GET /jobs', undefined, { headers })).status, 200)
  t.equal((await request('DELETE /jobs/1', undefined, { headers })).status, 404)
})
