/** What docs/security.md says, held against the tests that it names. */
import { test } from 'tap'
import { createTargetPolicy } from '../src/domain/addresses/target-policy.ts'
import { codesIn, readPage, tableRows } from './helpers/markdown.ts'
import { faultsOfTests, hasTest } from './helpers/named-tests.ts'

const page = readPage('docs/security.md')

for (const table of ['threats', 'more threats', 'ssrf threats']) {
  test(`every test that the table "${table}" names is there`, (t) => {
    const rows = tableRows(page, table)
    t.ok(rows.length > 5)
    for (const [threat = '', against = '', tests = ''] of rows) {
      t.ok(threat !== '' && against !== '', threat)
      t.strictSame(faultsOfTests(tests), [], threat)
    }
    t.end()
  })
}

test('every entry of the list of OWASP has its row', (t) => {
  const named = tableRows(page, 'threats').map(([threat = '']) => threat.split(' ')[0])
  t.strictSame(
    [...new Set(named)],
    Array.from({ length: 10 }, (_, index) => `API${index + 1}`)
  )
  t.end()
})

test('every notation of the list is refused where others reach the service', (t) => {
  const policy = createTargetPolicy({ allow: [], deny: [], isLocal: () => false })
  const urls = tableRows(page, 'ssrf').flatMap(([, examples = '']) => codesIn(examples))
  t.ok(urls.length > 30)
  for (const url of urls) t.ok(policy.urlFault(new URL(url)), url)
  t.end()
})

test('a test that there is not is found missing', (t) => {
  const file = 'test/security-table.test.ts'
  t.ok(hasTest(file, 'a test that there is not is found missing'))
  t.ok(hasTest(file, 'every test that the table "threats" names is there'))
  t.notOk(hasTest(file, 'a test that there is'))
  t.notOk(hasTest(file, 'every test of the table is there'))
  t.end()
})
