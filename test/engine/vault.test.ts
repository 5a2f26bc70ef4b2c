import { test } from 'tap'
import { createVault, keyIdOf } from '../../src/engine/vault.ts'
import { Random } from '../helpers/random.ts'

const KEY = Buffer.alloc(32, 1)
const OTHER = Buffer.alloc(32, 2)
const OWNER = { jobId: 7, pointer: '/target/secret' }
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

const vaultOf = (current: Buffer | null, previous: Buffer | null = null) =>
  createVault({ current, previous })

test('what was sealed opens again, for the same field of the same job only', (t) => {
  const vault = vaultOf(KEY)
  const sealed = vault.seal(SECRET, OWNER)
  t.match(sealed.sealed, /^v1\.[\da-f]{8}\.[\w-]{16}\.[\w-]+$/)
  t.equal(keyIdOf(sealed.sealed), vault.keyId)
  t.equal(sealed.hint, 'LaSw')
  t.notMatch(sealed.sealed, Buffer.from(SECRET).toString('base64url').slice(0, 20))
  t.strictSame(vault.open(sealed, OWNER), { secret: SECRET })
  for (const other of [
    { ...OWNER, jobId: 8 },
    { ...OWNER, pointer: '/target/headers/a' }
  ]) {
    t.match(vault.open(sealed, other), { fault: /does not open .* belongs to another job/ })
  }
  t.not(vault.seal(SECRET, OWNER).sealed, sealed.sealed, 'every nonce is a new one')
  t.end()
})

test('secrets of any text and length open again', (t) => {
  const vault = vaultOf(KEY)
  const random = new Random(11)
  for (let round = 0; round < 200; round++) {
    const codes = Array.from({ length: random.integer(1, 300) }, () => random.integer(1, 0x2_fff))
    const secret = String.fromCodePoint(...codes)
    t.strictSame(vault.open(vault.seal(secret, OWNER), OWNER), { secret })
  }
  t.end()
})

test('a sealed text of which any character is another one does not open', (t) => {
  const vault = vaultOf(KEY, OTHER)
  const random = new Random(12)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/= \n'
  for (let length = 1; length < 40; length++) {
    const { sealed } = vault.seal('s'.repeat(length), OWNER)
    for (let index = 0; index < sealed.length; index++) {
      const other = random.pick(Array.from(alphabet).filter((one) => one !== sealed[index]))
      const altered = sealed.slice(0, index) + other + sealed.slice(index + 1)
      if ('secret' in vault.open({ sealed: altered, hint: null }, OWNER)) t.fail(altered)
    }
    for (const altered of [sealed.slice(0, -1), `${sealed}A`, `${sealed}.`, sealed.slice(1), '']) {
      if ('secret' in vault.open({ sealed: altered, hint: null }, OWNER)) t.fail(altered)
    }
  }
  t.pass('none of them')
  t.end()
})

test('every bit of the last character counts', (t) => {
  const vault = vaultOf(KEY)
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  for (const secret of ['a', 'ab', 'abc']) {
    const { sealed } = vault.seal(secret, OWNER)
    const opened = Array.from(alphabet).filter(
      (last) => 'secret' in vault.open({ sealed: sealed.slice(0, -1) + last, hint: null }, OWNER)
    )
    t.strictSame(opened, [sealed.at(-1)])
  }
  t.end()
})

test('the previous key opens, the current one seals', (t) => {
  const old = vaultOf(KEY).seal(SECRET, OWNER)
  const vault = vaultOf(OTHER, KEY)
  t.strictSame(vault.open(old, OWNER), { secret: SECRET })
  t.equal(keyIdOf(vault.seal(SECRET, OWNER).sealed), vault.keyId)
  t.not(vault.keyId, keyIdOf(old.sealed))
  t.match(vaultOf(OTHER).open(old, OWNER), {
    fault:
      /was sealed with the key [\da-f]{8}, which this process does not have; set CARILLON_SECRET_KEY/
  })
  t.end()
})

test('without a key nothing is sealed, and nothing opens', (t) => {
  const vault = vaultOf(null)
  t.equal(vault.keyId, null)
  t.throws(() => vault.seal(SECRET, OWNER), {
    code: 'secrets_not_configured',
    message: /"target\.secret" is secret, .* set CARILLON_SECRET_KEY, .*openssl rand -base64 32/,
    faults: [{ pointer: '/target/secret' }]
  })
  t.match(vault.open(vaultOf(KEY).seal(SECRET, OWNER), OWNER), { fault: /does not have/ })
  t.end()
})
