import { test } from 'tap'
import { isLoopbackHost, kindOf, parseAddress } from '../../../src/domain/addresses/address-kind.ts'
import { createTargetPolicy } from '../../../src/domain/addresses/target-policy.ts'
import { parseTargetRule } from '../../../src/domain/addresses/target-rule.ts'

const KINDS: Readonly<Record<string, readonly string[]>> = {
  public: ['8.8.8.8', '172.15.255.255', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'],
  loopback: [
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '0.1.2.3',
    '::1',
    '::',
    '[::1]',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '::7f00:1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '::ffff:0.0.0.0'
  ],
  private: [
    '10.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    'fd00::1',
    'fc00::1',
    'fec0::1',
    '::ffff:10.0.0.1',
    '::a00:1',
    '64:ff9b::a00:1',
    '2002:c0a8:101::1'
  ],
  link_local: [
    '169.254.0.1',
    '169.254.169.254',
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:a9fe:a9fe',
    '::a9fe:a9fe'
  ],
  metadata: [
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    'fd00:ec2::254',
    '::ffff:6464:64c8'
  ],
  special: [
    '224.0.0.1',
    '255.255.255.255',
    '240.0.0.1',
    '192.0.2.1',
    '2001:db8::1',
    'ff02::1',
    '2001::1'
  ]
}

test('an address is of the kind of what is behind it, however it is written', (t) => {
  for (const [kind, texts] of Object.entries(KINDS)) {
    for (const text of texts) {
      const address = parseAddress(text)
      t.equal(address === null ? null : kindOf(address), kind, text)
    }
  }
  for (const text of [
    '',
    'localhost',
    '1.2.3.4.5',
    '256.1.1.1',
    ':::',
    '[::1',
    '1:2',
    '10.0.0.0/8'
  ]) {
    t.equal(parseAddress(text), null, text)
  }
  t.end()
})

test('only names and addresses of this machine alone are loopback', (t) => {
  for (const host of ['localhost', '127.0.0.1', '127.8.8.8', '::1'])
    t.ok(isLoopbackHost(host), host)
  for (const host of [
    '0.0.0.0',
    '::',
    'localhost.evil.example',
    '10.0.0.1',
    '::ffff:127.0.0.1',
    ''
  ]) {
    t.notOk(isLoopbackHost(host), host)
  }
  t.end()
})

const policy = (options: { allow?: string[]; deny?: string[]; local?: boolean } = {}) =>
  createTargetPolicy({
    allow: options.allow ?? [],
    deny: options.deny ?? [],
    isLocal: () => options.local ?? false
  })

/** What a URL writes, in every notation that means the same to a client. */
const LITERALS = [
  'http://127.0.0.1/',
  'http://2130706433/',
  'http://0x7f.1/',
  'http://127.1/',
  'http://0177.0.0.1/',
  'http://[::ffff:7f00:1]/',
  'http://[::]/',
  'http://[::127.0.0.1]/',
  'http://0.0.0.0/',
  'http://0/',
  'http://127.0.0.1./',
  'http://[64:ff9b::7f00:1]/',
  'http://[2002:7f00:1::]/',
  'http://１２７.０.０.１/',
  'http://①②⑦.0.0.1/',
  'http://10.0.0.1:8080/',
  'https://[fd00::1]/',
  'http://192.168.0.1/'
]

test('addresses of private networks are refused in every notation, unless only this machine asks', (t) => {
  for (const literal of LITERALS) {
    t.match(policy().urlFault(new URL(literal)), /add it to CARILLON_TARGETS_ALLOW/, literal)
    t.equal(policy({ local: true }).urlFault(new URL(literal)), null, literal)
  }
  t.equal(policy().urlFault(new URL('https://8.8.8.8/')), null)
  t.equal(policy().urlFault(new URL('https://example.com/')), null, 'a name is yet to show')
  t.end()
})

test('metadata and link-local addresses are never called, whatever allows them', (t) => {
  const open = policy({ allow: ['*', '0.0.0.0/0', '::/0', '169.254.169.254'], local: true })
  const urls = [
    'http://169.254.169.254/latest',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://metadata.google.internal/',
    'http://METADATA.google.internal./',
    'http://[fe80::1]/',
    'http://2852039166/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/'
  ]
  for (const url of urls) t.match(open.urlFault(new URL(url)), /never called/, url)
  t.match(open.addressFault(new URL('http://innocent.example/'), '169.254.169.254'), /never called/)
  t.end()
})

test('every address that a name stands for is held against the rules', (t) => {
  const url = new URL('https://hooks.example:8443/')
  const cases: readonly [Parameters<typeof policy>[0], string, boolean][] = [
    [{}, '93.184.216.34', true],
    [{}, '10.0.0.7', false],
    [{}, 'no address', false],
    [{ local: true }, '10.0.0.7', true],
    [{ local: true }, '224.0.0.1', false],
    [{ allow: ['10.0.0.0/8'] }, '10.0.0.7', true],
    [{ allow: ['10.0.0.0/8'] }, '::ffff:10.0.0.7', true],
    [{ allow: ['10.0.0.0/8:8443'] }, '10.0.0.7', true],
    [{ allow: ['10.0.0.0/8:443'] }, '10.0.0.7', false],
    [{ allow: ['[fd00::/8]:8443'] }, 'fd00::7', true],
    [{ allow: ['[fd00::/8]:443'] }, 'fd00::7', false],
    [{ allow: ['hooks.example'] }, '10.0.0.7', true],
    [{ allow: ['hooks.example:8443'] }, '10.0.0.7', true],
    [{ allow: ['hooks.example:443'] }, '10.0.0.7', false],
    [{ allow: ['*.example'] }, '10.0.0.7', true],
    [{ allow: ['*.hooks.example'] }, '10.0.0.7', false],
    [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.7'] }, '10.0.0.7', false],
    [{ allow: ['10.0.0.0/8'], deny: ['10.0.0.8'] }, '10.0.0.7', true],
    [{ deny: ['hooks.example'], local: true }, '93.184.216.34', false],
    [{ deny: ['*'], local: true }, '93.184.216.34', false],
    [{ deny: ['*'], allow: ['93.184.216.0/24'] }, '93.184.216.34', true],
    [{ deny: ['*:8443'], allow: ['hooks.example'] }, '93.184.216.34', false]
  ]
  for (const [options, address, isAllowed] of cases) {
    const fault = policy(options).addressFault(url, address)
    t.equal(fault === null, isAllowed, `${JSON.stringify(options)} ${address}: ${fault}`)
  }
  t.end()
})

test('what is no rule is not taken for one', (t) => {
  const rules = [
    '10.0.0.0/8',
    '10.0.0.1',
    '[::1]:80',
    'fd00::/8',
    '::1',
    'a.example',
    '*.a.example:1',
    '*'
  ]
  for (const rule of rules) t.ok(parseTargetRule(rule), rule)
  const wrong = [
    '',
    ' ',
    '10.0.0.0/33',
    '10.0.0.0/x',
    'http://a',
    'a b',
    'a:0',
    'a:65536',
    ':80',
    '*a',
    'a..b'
  ]
  for (const rule of wrong) t.equal(parseTargetRule(rule), null, rule)
  t.end()
})
