import { test } from 'tap'
import { startDelayMs } from '../../src/domain/jitter.ts'

test('a delay is the same every time, and below the jitter', (t) => {
  const request = { occurrence: 1_767_225_600_000, jitterMs: 60_000, periodMs: null }
  const delays = Array.from({ length: 1_000 }, (_, jobId) => startDelayMs({ ...request, jobId }))
  t.strictSame(
    delays,
    Array.from({ length: 1_000 }, (_, jobId) => startDelayMs({ ...request, jobId }))
  )
  t.ok(delays.every((delay) => Number.isInteger(delay) && delay >= 0 && delay < 60_000))
  const quarters = [0, 1, 2, 3].map(
    (quarter) => delays.filter((delay) => Math.floor(delay / 15_000) === quarter).length
  )
  t.ok(
    quarters.every((count) => count > 200),
    `spread evenly: ${quarters.join(', ')}`
  )
  t.end()
})

test('a delay is never past half the period', (t) => {
  for (let jobId = 0; jobId < 500; jobId++) {
    const delay = startDelayMs({ jobId, occurrence: 1_000, jitterMs: 60_000, periodMs: 10_000 })
    t.ok(delay < 5_000)
  }
  t.equal(startDelayMs({ jobId: 1, occurrence: 1, jitterMs: 0, periodMs: 10_000 }), 0)
  t.equal(startDelayMs({ jobId: 1, occurrence: 1, jitterMs: 5, periodMs: 1 }), 0)
  t.end()
})
