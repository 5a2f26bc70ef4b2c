import { test } from 'tap'
import { offsetsOf } from '../../../src/domain/cron/zone-offsets.ts'
import { offsetAt } from '../../helpers/cron-oracle.ts'

const HOUR = 3_600

const zones = {
  'two changes within a week, which cancel each other': 'America/Recife',
  'summer time with a break for Ramadan': 'Asia/Gaza',
  'a day that was left out': 'Pacific/Apia',
  'half an hour of summer time': 'Australia/Lord_Howe',
  'an offset with seconds': 'Africa/Monrovia',
  'double summer time': 'Antarctica/Troll',
  'a clock set forward at midnight': 'America/Nuuk',
  'no change, ever': 'Etc/GMT+5',
  'UTC itself': 'UTC'
}

for (const [kind, zone] of Object.entries(zones)) {
  void test(`the offsets of a zone agree with Intl from 1970 to 2050: ${kind} (${zone})`, (t) => {
    const offsets = offsetsOf(zone)
    const wrong: string[] = []
    for (let at = 0; at < 80 * 8766 * HOUR; at += 31 * HOUR) {
      const { start, end, offset, before } = offsets.spanAt(at)
      if (offset * 1000 !== offsetAt(zone, at * 1000)) wrong.push(`offset at ${at}`)
      if (at < start || at >= end) wrong.push(`bounds at ${at}`)
      if (start > 0 && before * 1000 !== offsetAt(zone, start * 1000 - 1)) {
        wrong.push(`before ${start}`)
      }
    }
    t.same(wrong.slice(0, 5), [])
    t.end()
  })
}

void test('spans meet without a hole or an overlap', (t) => {
  const offsets = offsetsOf('Europe/Berlin')
  const broken: number[] = []
  let span = offsets.spanAt(0)
  while (span.end < 4_000_000_000) {
    const next = offsets.spanAt(span.end)
    if (next.start !== span.end || next.before !== span.offset) broken.push(span.end)
    span = next
  }
  t.same(broken, [])
  t.equal(offsetsOf('Europe/Berlin'), offsets, 'one table for all schedules in the zone')
  t.end()
})
