import type { LookupAddress } from 'node:dns'
import { test, type Test } from 'tap'
import { createTargetPolicy } from '../../../src/domain/addresses/target-policy.ts'
import {
  guardedConnector,
  type GuardOptions
} from '../../../src/engine/targets/guarded-connector.ts'
import { startPerformer } from '../../helpers/http-performer.ts'

const policy = createTargetPolicy({ allow: [], deny: [], isLocal: () => false })
const REFUSED = {
  kind: 'failed',
  retryable: false,
  error: { code: 'target_refused', message: /CARILLON_TARGETS_ALLOW/ }
}

/** Answers one list of addresses after the other, as a name server in the wrong hands does. */
function rebinding(...answers: string[][]): NonNullable<GuardOptions['lookup']> {
  const lookup = (_host: string, _options: unknown, done: (...result: unknown[]) => void): void => {
    const addresses = answers.length > 1 ? answers.shift() : answers[0]
    const found = (addresses ?? []).map((address): LookupAddress => ({ address, family: 4 }))
    setImmediate(done, null, found)
  }
  return lookup as unknown as NonNullable<GuardOptions['lookup']>
}

async function startGuarded(t: Test, lookup: GuardOptions['lookup'], allow: string[] = []) {
  const guard = createTargetPolicy({ allow, deny: [], isLocal: () => false })
  const { sink, perform } = await startPerformer(t, {
    keepAliveMs: 1,
    connector: (origin) => guardedConnector(origin, { policy: guard, timeoutMs: 1_000, lookup })
  })
  const { port } = new URL(sink.url)
  return { sink, call: (host = 'hooks.example') => perform({ url: `http://${host}:${port}/` }) }
}

test('an address in a URL is refused before anything is sent', async (t) => {
  const { sink, perform } = await startPerformer(t, { policy })
  const { port } = new URL(sink.url)
  for (const host of [
    '127.0.0.1',
    '2130706433',
    '[::ffff:7f00:1]',
    '[::1]',
    '0.0.0.0',
    'localhost'
  ]) {
    t.match(await perform({ url: `http://${host}:${port}/` }), REFUSED, host)
    t.match(await perform({ url: `https://${host}:${port}/` }), REFUSED, `TLS ${host}`)
  }
  t.equal(sink.requests.length, 0)
})

test('a name that stands for a private address is refused, also if it has a public one too', async (t) => {
  for (const addresses of [
    ['127.0.0.1'],
    ['93.184.216.34', '127.0.0.1'],
    ['10.0.0.1', '8.8.8.8']
  ]) {
    const { sink, call } = await startGuarded(t, rebinding(addresses))
    t.match(await call(), REFUSED, addresses.join())
    t.equal(sink.requests.length, 0)
  }
})

test('a name that changes its address after it was looked at is refused then', async (t) => {
  const { sink, call } = await startGuarded(t, rebinding(['127.0.0.1'], ['169.254.169.254']), [
    '127.0.0.1'
  ])
  t.match(await call(), { kind: 'succeeded' })
  await sink.disconnected()
  t.match(await call(), { error: { code: 'target_refused', message: /never called/ } })
  t.equal(sink.requests.length, 1)
})

test('the peer that answered is looked at, whatever the name was said to stand for', async (t) => {
  const { sink, perform } = await startPerformer(t, {
    connector: (origin) => guardedConnector(origin, { policy: onlyPeers, timeoutMs: 1_000 })
  })
  t.match(await perform(), REFUSED)
  t.equal(sink.requests.length, 0)
})

/** Lets every URL and every lookup pass. */
const onlyPeers: typeof policy = { ...policy, urlFault: () => null }

test('what a rule allows is called', async (t) => {
  const { sink, call } = await startGuarded(t, rebinding(['127.0.0.1']), ['hooks.example'])
  t.match(await call(), { kind: 'succeeded' })
  t.match(await call('other.example'), REFUSED)
  t.equal(sink.requests.length, 1)
})
