import { test } from 'tap'
import { fromWallClock, offsetAt, toWallClock } from '../../dashboard/src/format/wall-clock.ts'

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Chatham']
const HOUR_MS = 3_600_000

test('what a clock of a zone says is the same instant again, on days of change too', (t) => {
  for (const zone of ZONES) {
    for (const day of ['2026-03-08', '2026-03-29', '2026-06-01', '2026-10-25', '2026-11-01']) {
      for (let hour = 0; hour < 24; hour++) {
        const at = Date.parse(`${day}T00:30:00Z`) + hour * HOUR_MS
        const text = toWallClock(at, zone)
        const back = fromWallClock(text, zone)
        // The hour that comes twice has two instants, of which one is taken.
        t.equal(toWallClock(back, zone), text, `${zone} ${text}`)
        t.ok([0, HOUR_MS].includes(Math.abs(back - at)), `${zone} ${text}`)
      }
    }
  }
  t.equal(toWallClock(Date.parse('2026-03-02T03:10:59Z'), 'Asia/Kolkata'), '2026-03-02T08:40')
  t.equal(offsetAt(Date.parse('2026-07-01T00:00:30Z'), 'Europe/Berlin'), 2 * HOUR_MS)
  t.end()
})

test('an hour that a zone does not have is one beside it', (t) => {
  const at = fromWallClock('2026-03-29T02:30', 'Europe/Berlin')
  t.ok(['2026-03-29T01:30', '2026-03-29T03:30'].includes(toWallClock(at, 'Europe/Berlin')))
  t.end()
})
