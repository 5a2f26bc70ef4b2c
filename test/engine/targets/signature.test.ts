import { test } from 'tap'
import { Webhook } from 'standardwebhooks'
import { signingKey } from '../../../src/domain/secrets/signing-secret.ts'
import { readDefinition } from '../../../src/engine/stored-definition.ts'
import { signatureHeaders } from '../../../src/engine/targets/signature.ts'
import { createVault } from '../../../src/engine/vault.ts'
import { httpAttempt } from '../../helpers/http-attempt.ts'
import { startPerformer } from '../../helpers/http-performer.ts'
import type { SinkRequest } from '../../helpers/sink.ts'

const OLD = `whsec_${Buffer.alloc(24, 3).toString('base64')}`
const NEW = `whsec_${Buffer.alloc(64, 4).toString('base64')}`

const keyOf = (secret: string): Buffer => signingKey(secret) ?? Buffer.alloc(0)

test('the vector that Standard Webhooks publishes', (t) => {
  const headers = signatureHeaders([keyOf('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')], {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: 1_614_265_330_999,
    body: '{"test": 2432232314}'
  })
  t.strictSame(headers, [
    'webhook-id',
    'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp',
    '1614265330',
    'webhook-signature',
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  ])
  t.end()
})

const vault = createVault({ current: Buffer.alloc(32, 9), previous: null })

/** One attempt of a stored job with these secrets, which calls that URL. */
function signedAttempt(url: string, { secrets = [NEW], body, attempt = 1 }: Signed) {
  const owner = { jobId: 7, pointer: '/target/secret' }
  const secret = secrets.map((one) => vault.seal(one, owner))
  const target = { type: 'http', url, secret, ...(body !== undefined && { body }) }
  const stored = JSON.stringify({ name: 'a', schedule: '@daily', target })
  const context = httpAttempt({ url, run: { attempt } })
  return { ...context, job: { ...context.job, definition: readDefinition(stored) } }
}

interface Signed {
  secrets?: string[]
  body?: unknown
  attempt?: number
}

function verified({ headers, body }: SinkRequest, secret: string): unknown {
  const flat = Object.fromEntries(
    Object.entries(headers).map(([key, value]) => [key, String(value)])
  )
  return new Webhook(secret).verify(body, flat)
}

test('what receivers get is verified by the package of Standard Webhooks', async (t) => {
  const { http, sink } = await startPerformer(t, { vault })
  const bodies = [{ a: [1] }, 'ünïcödé 🔔', '{"as": "it is"}', '\ud800', 5]
  for (const body of bodies) {
    t.match(await http.perform(signedAttempt(sink.url, { body })), { kind: 'succeeded' })
    const request = await sink.next()
    t.doesNotThrow(() => verified(request, NEW), JSON.stringify(body))
    t.throws(() => verified({ ...request, body: `${request.body} ` }, NEW), /matching signature/)
    t.throws(() => verified(request, OLD), /matching signature/)
  }
})

test('two secrets sign while one takes the place of the other, the newer one first', async (t) => {
  const { http, sink } = await startPerformer(t, { vault })
  await http.perform(signedAttempt(sink.url, { secrets: [NEW, OLD], body: 1 }))
  const request = await sink.next()
  for (const secret of [NEW, OLD]) t.equal(verified(request, secret), 1)
  const signatures = String(request.headers['webhook-signature']).split(' ')
  t.equal(signatures.length, 2)
  await http.perform(signedAttempt(sink.url, { secrets: [NEW], body: 1 }))
  const [only = ''] = String((await sink.next()).headers['webhook-signature']).split(' ')
  t.ok(only.startsWith('v1,'))
})

test('attempts of a run have the same id, and each its own time', async (t) => {
  let now = 1_800_000_000_000
  const { http, sink } = await startPerformer(t, { vault, now: () => now })
  await http.perform(signedAttempt(sink.url, { attempt: 1 }))
  now += 5_000
  await http.perform(signedAttempt(sink.url, { attempt: 2 }))
  const [first, second] = [await sink.next(), await sink.next()]
  t.equal(first.headers['webhook-id'], '42')
  t.equal(second.headers['webhook-id'], '42')
  t.equal(first.headers['webhook-timestamp'], '1800000000')
  t.equal(second.headers['webhook-timestamp'], '1800000005')
  t.not(first.headers['webhook-signature'], second.headers['webhook-signature'])
})

test('a call without a body is signed as an empty one; without a secret, none is signed', async (t) => {
  const { http, sink, perform } = await startPerformer(t, { vault, now: () => 5_000 })
  await http.perform(signedAttempt(sink.url, {}))
  const { body, headers } = await sink.next()
  t.equal(body, '')
  const expected = signatureHeaders([keyOf(NEW)], { id: '42', at: 5_000, body: '' })
  t.equal(headers['webhook-signature'], expected.at(-1))
  await perform()
  const unsigned = Object.keys((await sink.next()).headers)
  t.strictSame(
    unsigned.filter((name) => name.startsWith('webhook-')),
    []
  )
})

test('what does not open is not sent, and not tried again', async (t) => {
  const stranger = createVault({ current: Buffer.alloc(32, 8), previous: null })
  const { http, sink } = await startPerformer(t, { vault: stranger })
  t.match(await http.perform(signedAttempt(sink.url, {})), {
    kind: 'failed',
    retryable: false,
    error: { code: 'secret_unreadable', message: /"target\.secret" was sealed with the key/ }
  })
  t.equal(sink.requests.length, 0)
})
