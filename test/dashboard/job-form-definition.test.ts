import { test } from 'tap'
import { definitionOf } from '../../dashboard/src/screens/job-form/definition.ts'
import { draftOf, written } from '../../dashboard/src/screens/job-form/draft.ts'
import { withoutTyped } from '../../dashboard/src/screens/job-form/header-rows.ts'
import { LINES, WORDS } from '../../dashboard/src/screens/job-form/kinds.ts'
import { withDefaults } from '../../src/domain/job-definition.ts'
import type { JobInput } from '../../src/domain/job.ts'

const TARGETS: readonly NonNullable<JobInput['target']>[] = [
  { type: 'http', url: 'https://a.example/' },
  { type: 'handler', name: 'clean' },
  { type: 'command', argv: ['ls'] }
]

test('the form takes for a default what the service does', async (t) => {
  t.strictSame(definitionOf(withDefaults({ name: 'a' })), { name: 'a' })
  for (const target of TARGETS) {
    t.strictSame(definitionOf(withDefaults({ name: 'a', target })), { name: 'a', target })
  }
})

test('a definition that goes through the form is the one that it was', async (t) => {
  const shared = {
    key: 'own',
    name: 'Full',
    schedule: '0 9 * * 1',
    timezone: 'Europe/Paris',
    start_date: '2030-01-31T09:00:00.5+01:00',
    exclude: ['25 12 *'],
    params: { a: [1, ' b'] },
    tags: ['a,b', 'c'],
    misfire_window: '2h',
    retry: { max_attempts: 7, backoff: 'fixed' as const },
    dst: { gap: 'skip' as const }
  }
  const targets: JobInput['target'][] = [
    {
      type: 'http',
      url: 'https://a.example/',
      headers: { 'X-A': ' b ' },
      body: '',
      success: '2xx,404'
    },
    { type: 'command', argv: ['sh', '-c', 'a\nb', ''], cwd: '/tmp' },
    { type: 'command', argv: ['printf', '', ' c', ''] }
  ]
  for (const target of targets) {
    const definition = definitionOf({ ...shared, target, id: 3, state: 'enabled' })
    const { input, faults } = written(draftOf(definition), definition)
    t.strictSame(input, { ...shared, target })
    t.strictSame(faults, [])
  }
})

test('a secret header stays as it is shown, and another one takes its place', async (t) => {
  const secret = { secret: '***6789' }
  const target = { type: 'http', url: 'https://a.example/', headers: { A: secret, B: '***1' } }
  const base = { name: 'a', repeat_interval: '1h', target }
  const draft = draftOf(base)
  t.match(draft.headers, [{ isSecret: true, text: '***6789' }, { isSecret: false }])
  const touched = { ...draft, fields: { ...draft.fields, url: 'https://b.example/' } }
  t.match(written(touched, base).input, { target: { headers: { A: secret, B: '***1' } } })
  const [, ...others] = draft.headers
  const typed = { name: 'A', text: 'new', isSecret: true }
  t.match(written({ ...draft, headers: [typed, ...others] }, base).input, {
    target: { headers: { A: { secret: 'new' }, B: '***1' } }
  })
})

test('of what is typed, secrets alone are not kept', async (t) => {
  const rows = [
    { name: 'A', text: 'typed', isSecret: true },
    { name: 'B', text: '***6789', isSecret: true },
    { name: 'C', text: 'open', isSecret: false }
  ]
  t.strictSame(
    rows.map((row) => withoutTyped(row).text),
    ['', '***6789', 'open']
  )
})

test('another target has nothing of the one before, and another timing neither', async (t) => {
  const base = {
    name: 'a',
    schedule: '* * * * *',
    target: { type: 'http', url: 'https://a.example/', secret: '***1' }
  }
  const draft = draftOf(base)
  const fields = { ...draft.fields, repeat_interval: '1h', handler: 'clean', body: '{' }
  const changed = written({ ...draft, timing: 'interval', target: 'handler', fields }, base)
  t.strictSame(changed.input, {
    name: 'a',
    repeat_interval: '1h',
    target: { type: 'handler', name: 'clean' }
  })
  t.strictSame(changed.faults, [], 'what is not shown is not read')
})

test('JSON that cannot be read is a fault of its field', async (t) => {
  const base = { name: 'a', schedule: '* * * * *' }
  const { faults } = written({ ...draftOf(base), fields: { params: '{"a":' } }, base)
  t.match(faults, [{ pointer: '/params', detail: /^This cannot be read: / }])
})

test('a list is written as text, and read as the list that it was', async (t) => {
  t.equal(LINES.toText(['ls', '-l', ' a']), 'ls\n-l\n a')
  t.equal(WORDS.toText(['night', 'team a']), 'night, team a')
  t.strictSame(WORDS.toValue(' night,, team a,'), ['night', 'team a'])
  t.strictSame(LINES.toValue('ls\n-l\n'), ['ls', '-l'])
  for (const list of [['ls'], ['sh', '-c', 'a\nb', ''], ['[', '-e', '/tmp', ']'], ['a,b', 'c']]) {
    t.strictSame(LINES.toValue(LINES.toText(list)), list)
  }
  t.strictSame(WORDS.toValue(WORDS.toText(['a,b', 'c'])), ['a,b', 'c'])
})
