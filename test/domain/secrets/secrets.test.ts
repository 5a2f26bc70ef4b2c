import { test } from 'tap'
import { checkJobInput } from '../../../src/domain/define-job.ts'
import { CarillonError } from '../../../src/domain/errors.ts'
import { parseJsonBody } from '../../../src/domain/json-body.ts'
import { redacted } from '../../../src/domain/secrets/redact.ts'
import { parseSecretKey, secretKeyFault } from '../../../src/domain/secrets/secret-key.ts'
import { hintOf, isShownSecret, shownSecret } from '../../../src/domain/secrets/shown-secret.ts'
import { shown } from '../../../src/domain/validation.ts'

const CANARY = 'canary-5f1d8c0e'
const signing = (bytes: number): string => `whsec_${Buffer.alloc(bytes, 7).toString('base64')}`

test('of a secret four characters are shown if it has at least twenty, else none', (t) => {
  t.equal(shownSecret(hintOf('x'.repeat(16) + '6789')), '***6789')
  t.equal(shownSecret(hintOf('x'.repeat(15) + '6789')), '***')
  t.equal(shownSecret(hintOf('')), '***')
  for (const text of ['***', '***6789', '***abc=']) t.ok(isShownSecret(text), text)
  for (const text of ['', '**', '***678', '***67890', 'x***6789'])
    t.notOk(isShownSecret(text), text)
  t.end()
})

test('a key is 32 bytes as base64, base64url or hex', (t) => {
  const bytes = Buffer.alloc(32, 0xfb)
  const forms = [
    bytes.toString('base64'),
    bytes.toString('base64').replace('=', ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase()
  ]
  for (const form of forms) t.same(parseSecretKey(form), bytes, form)
  for (const bytesOf of [0, 16, 31, 33, 64]) {
    const wrong = Buffer.alloc(bytesOf, 1)
    for (const encoding of ['base64', 'base64url', 'hex'] as const) {
      // 64 digits of hex are 32 bytes, whatever else they might be.
      t.equal(parseSecretKey(wrong.toString(encoding)), null, `${bytesOf} bytes as ${encoding}`)
    }
  }
  t.match(secretKeyFault(CANARY), /32 bytes .* "openssl rand -base64 32"/)
  t.notMatch(secretKeyFault(CANARY), CANARY)
  t.equal(secretKeyFault(forms[0] ?? ''), null)
  t.end()
})

const http = (target: object) => ({
  name: 'a',
  schedule: '@daily',
  target: { type: 'http', url: 'http://x.example', ...target }
})

const ACCEPTED: [what: string, target: object][] = [
  ['24 bytes', { secret: signing(24) }],
  ['64 bytes', { secret: signing(64) }],
  ['two secrets', { secret: [signing(32), signing(33)] }],
  ['a list of one', { secret: [signing(32)] }],
  ['the shown form of one', { secret: '***6789' }],
  ['the shown forms of two, alike', { secret: ['***6789', '***6789'] }],
  ['a secret header', { headers: { Authorization: { secret: CANARY } } }],
  ['a header shown', { headers: { Authorization: { secret: '***' } } }],
  ['no secret, as in a patch', { secret: [signing(24), '***6789'] }]
]

test('secrets that can be used are taken', (t) => {
  for (const [what, target] of ACCEPTED) t.doesNotThrow(() => checkJobInput(http(target)), what)
  t.end()
})

const REFUSED: [what: string, value: object, pointer: string, says: RegExp][] = [
  ['no prefix', http({ secret: CANARY }), '/target/secret', /"whsec_" and 24 to 64 bytes/],
  ['23 bytes', http({ secret: signing(23) }), '/target/secret', /24 to 64 bytes/],
  ['65 bytes', http({ secret: signing(65) }), '/target/secret', /24 to 64 bytes/],
  ['no base64', http({ secret: `whsec_${CANARY.repeat(3)}` }), '/target/secret', /as base64/],
  ['the same one twice', http({ secret: [signing(24), signing(24)] }), '/target/secret', /twice/],
  ['none', http({ secret: [] }), '/target/secret', /at least 1/],
  ['three', http({ secret: [CANARY, CANARY, CANARY] }), '/target/secret', /more than 2/],
  ['a number', http({ secret: 5 }), '/target/secret', /not shown, but must be a string/],
  ['an object', http({ secret: { secret: CANARY } }), '/target/secret', /must be a string/],
  ['an empty one', http({ secret: '' }), '/target/secret', /at least 1/],
  [
    'the sealed form',
    http({ secret: { sealed: 'v1.a.b.c', hint: null } }),
    '/target/secret',
    /must be a string/
  ],
  ...[{ secrets: CANARY }, { sealed: 'v1.a.b.c', hint: null }].map(
    (header): (typeof REFUSED)[number] => [
      `a header ${Object.keys(header).join()}`,
      http({ headers: { Authorization: header } }),
      '/target/headers/Authorization/secret',
      /missing/
    ]
  ),
  [
    'a secret header with more than that',
    http({ headers: { Authorization: { secret: CANARY, x: 1 } } }),
    '/target/headers/Authorization/x',
    /not a known field/
  ],
  [
    'a header with a list',
    http({ headers: { Authorization: [CANARY] } }),
    '/target/headers/Authorization',
    /not shown/
  ],
  [
    'a secret header with a line break',
    http({ headers: { Authorization: { secret: `${CANARY}\n` } } }),
    '/target/headers/Authorization',
    /line break/
  ],
  [
    'an empty secret header',
    http({ headers: { Authorization: { secret: '' } } }),
    '/target/headers/Authorization/secret',
    /at least 1/
  ],
  [
    'a target of an unknown type',
    { name: 'a', schedule: '@daily', target: { type: 'htpp', secret: CANARY } },
    '/target',
    /htpp/
  ],
  [
    'headers as a list',
    http({ headers: [{ Authorization: CANARY }, { token: CANARY }] }),
    '/target/headers',
    /not shown, but must be an object/
  ],
  [
    'headers of a target of an unknown type',
    { name: 'a', schedule: '@daily', target: { type: 'htpp', headers: [CANARY] } },
    '/target',
    /htpp/
  ],
  ['a secret in place of a target', { name: 'a', target: signing(24) }, '/target', /whsec_\*\*\*/],
  ['secrets elsewhere', { name: { api_key: CANARY, password: CANARY } }, '/name', /a string/]
]

test('no refusal shows a secret, in whatever place it was given', (t) => {
  for (const [what, value, pointer, says] of REFUSED) {
    try {
      checkJobInput(value)
      t.fail(`${what} was taken`)
    } catch (error) {
      if (!(error instanceof CarillonError)) throw error
      const said = JSON.stringify([error.message, error.faults])
      t.equal(error.faults[0]?.pointer, pointer, what)
      t.match(error.message, says, what)
      t.notMatch(said, CANARY, what)
      t.notMatch(said, /BwcHBwcH/, what)
    }
  }
  t.end()
})

test('a body that is not JSON is not shown', (t) => {
  for (const text of [
    `{"secret":"${CANARY}"x}`,
    `{"secret":${CANARY}}`,
    `["${CANARY}`,
    'whsec_a'
  ]) {
    try {
      parseJsonBody(Buffer.from(text))
      t.fail(text)
    } catch (error) {
      t.match(error, { message: /The body is not JSON: \w+ .*\.$/ })
      t.notMatch(String(error), /5f1d|canary/)
    }
  }
  t.end()
})

test('a value in a sentence is shown without what is likely to be a secret', (t) => {
  t.equal(
    shown({ a: [{ Authorization: 'x', cookie: 'y', b: 1 }] }),
    '{"a":[{"Authorization":"***","cookie":"***","b":1}]}'
  )
  t.equal(shown(`${signing(24)} and more`), '"whsec_*** and more"')
  t.equal(shown('secret'), '"secret"')
  t.equal(shown(undefined), 'undefined')
  t.end()
})

test('what is logged has no secret at any depth, and is the same object where it has none', (t) => {
  const clean = { a: { b: [1, { c: null }] }, err: new Error('x') }
  t.equal(redacted(clean), clean)
  const error = Object.assign(new Error('x'), { secret: 'x' })
  const dirty = {
    authorization: CANARY,
    err: error,
    params: { deep: [{ Cookie: CANARY, 'set-cookie': [CANARY], kept: 1 }], secret: { of: CANARY } }
  }
  const line = redacted(dirty)
  t.notMatch(JSON.stringify(line), CANARY)
  t.strictSame(line['params'], {
    deep: [{ Cookie: '***', 'set-cookie': '***', kept: 1 }],
    secret: '***'
  })
  t.equal(line['err'], error, 'errors have a serializer of their own')
  t.equal(dirty.authorization, CANARY, 'what was given is left as it is')
  t.end()
})
