import { test } from 'tap'
import { clockNote } from '../../../src/domain/cron/cron.ts'

const first = 'The clock shows 01:30 twice on this day; this is the first time.'
const second = 'The clock shows 01:30 twice on this day; this is the second time.'

const notes: [promise: string, at: string, zone: string, note: string | null][] = [
  [
    'the end of a gap is told',
    '2026-03-08T07:00:00Z',
    'America/New_York',
    'The clock is set forward here, from 02:00 to 03:00.'
  ],
  [
    'the end of a gap at midnight is told',
    '2024-03-31T01:00:00Z',
    'America/Nuuk',
    'The clock is set forward here, from 23:00 to 00:00.'
  ],
  ['a minute later nothing is unusual', '2026-03-08T07:01:00Z', 'America/New_York', null],
  ['the first pass of an overlap is told', '2026-11-01T05:30:00Z', 'America/New_York', first],
  ['the second pass of an overlap is told', '2026-11-01T06:30:00Z', 'America/New_York', second],
  ['before an overlap nothing is unusual', '2026-11-01T04:59:59Z', 'America/New_York', null],
  ['after an overlap nothing is unusual', '2026-11-01T07:00:00Z', 'America/New_York', null],
  ['UTC is never unusual', '2026-11-01T05:30:00Z', 'UTC', null],
  ['long ago nothing is unusual', '1960-01-01T00:00:00Z', 'Europe/Berlin', null]
]

for (const [promise, at, zone, note] of notes) {
  void test(promise, (t) => {
    t.equal(clockNote(Date.parse(at), zone), note)
    t.end()
  })
}
