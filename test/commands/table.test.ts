import { test } from 'tap'
import { fromNow } from '../../commands/ago.ts'
import { renderTable } from '../../commands/table.ts'

const columns = [
  { title: 'ID', cell: ([id]: string[]) => id ?? '' },
  { title: 'NAME', cell: ([, name]: string[]) => name ?? '', shrinks: true },
  { title: 'STATE', cell: ([, , state]: string[]) => state ?? '' }
]

test('columns are as wide as what is in them, and give way where the terminal ends', (t) => {
  const rows = [
    ['1', 'short', 'ok'],
    ['22', 'a rather long name', 'failed']
  ]
  t.equal(
    renderTable(columns, rows, 80),
    'ID  NAME                STATE\n1   short               ok\n22  a rather long name  failed\n'
  )
  t.equal(
    renderTable(columns, rows, 24),
    'ID  NAME          STATE\n1   short         ok\n22  a rather lo…  failed\n'
  )
  t.equal(
    renderTable(columns, rows, 5).split('\n')[2],
    '22  a rathe…  failed',
    'but not to nothing'
  )
  t.equal(renderTable(columns, [], 80), 'ID  NAME  STATE\n')
  t.end()
})

test('wide characters count double, and those that control a terminal are taken out', (t) => {
  t.equal(
    renderTable(
      columns,
      [
        ['1', '日本語', 'ok'],
        ['2', 'abcdef', 'ok']
      ],
      80
    ),
    'ID  NAME    STATE\n1   日本語  ok\n2   abcdef  ok\n'
  )
  t.match(renderTable(columns, [['1', '日本語日本語', 'ok']], 20), '1   日本語日…  ok\n')
  t.equal(
    renderTable(columns, [['1', '\u001b[31mred\nline\u0007', 'ok']], 80),
    'ID  NAME       STATE\n1   red line   ok\n'
  )
  t.end()
})

test('an instant is told by how far it is', (t) => {
  const now = Date.parse('2026-01-01T00:00:00Z')
  const cases: [number, string][] = [
    [0, 'in 0 s'],
    [59_999, 'in 59 s'],
    [60_000, 'in 1 min'],
    [-3_600_000, '1 h ago'],
    [90 * 86_400_000, 'in 90 d']
  ]
  for (const [ms, text] of cases) t.equal(fromNow(new Date(now + ms).toISOString(), now), text)
  t.equal(fromNow(null, now), '-')
  t.end()
})
