import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'tap'
import type { ClaimedRun } from '../../src/engine/claimed-run.ts'
import { createEventHub, type Events } from '../../src/engine/events.ts'
import { createStalls } from '../../src/engine/stalls.ts'
import { createTestApp } from '../helpers/app.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'

function compute(forMs: number): void {
  const end = performance.now() + forMs
  while (performance.now() < end);
}

const target = { type: 'handler', name: 'slow' } as const

test('a handler that computes for more than a second is named', async (t) => {
  const { scheduler } = await createTestScheduler(t)
  const told: Events['process_stalled'][] = []
  scheduler.on('process_stalled', (event) => told.push(event))
  scheduler.handle('slow', () => compute(1_500))
  const job = await scheduler.createJob({ name: 'report', schedule: '@yearly', target })
  await scheduler.run(job.id)
  const [event] = await until('it to be told', async () => told.length > 0 && told)
  t.match(event, { stalls: 1, handlers: [{ job_id: job.id, job_name: 'report', handler: 'slow' }] })
  t.ok((event?.duration_ms ?? 0) >= 1_000, `${event?.duration_ms} ms`)
})

test('one that computes only after it has waited is in the log, with what to do', async (t) => {
  const slow = async (): Promise<void> => {
    await delay(300)
    compute(1_500)
  }
  const service = await createTestApp(t, { handlers: { slow } })
  const { id } = await service.createJob({ schedule: '@yearly', target })
  await service.request(`POST /jobs/${id}/run`)
  const line = await until('a line', async () => service.lines.find((one) => 'stalls' in one))
  t.match(line, {
    level: 40,
    stalls: 1,
    handlers: [{ job_id: id, handler: 'slow' }],
    msg: /stood still .* to a worker thread or a process/
  })
})

const handlerRun = (job_id: number, type = 'handler') =>
  ({
    job_id,
    job_name: `job ${job_id}`,
    definition: { target: { type, name: 'slow' } }
  }) as ClaimedRun

/** A watch on a clock that is moved by hand, with what it tells. */
function createWatch() {
  const events = createEventHub()
  const told: Events['process_stalled'][] = []
  events.on('process_stalled', (event) => told.push(event))
  let now = 0
  let running: ClaimedRun[] = []
  const stalls = createStalls({ events, running: () => running, monotonic: () => now })
  return {
    told,
    start: (...runs: ClaimedRun[]) => stalls.onStarting(runs),
    run: (...runs: ClaimedRun[]) => {
      running = runs
    },
    pulseAfter: (ms: number) => {
      now += ms
      stalls.pulse()
    }
  }
}

test('a pulse that is less than a second late is no stall', (t) => {
  const watch = createWatch()
  watch.start(handlerRun(1))
  watch.pulseAfter(250)
  watch.pulseAfter(1_249)
  t.strictSame(watch.told, [])
  watch.pulseAfter(1_250)
  t.match(watch.told, [{ duration_ms: 1_000 }])
  t.end()
})

test('stalls of ten seconds are told together: how many, the longest, and every handler once', (t) => {
  const watch = createWatch()
  watch.start(handlerRun(1))
  watch.pulseAfter(2_250)
  t.match(watch.told, [{ duration_ms: 2_000, stalls: 1, handlers: [{ job_id: 1 }] }])
  watch.start(handlerRun(2), handlerRun(3, 'http'))
  watch.pulseAfter(4_250)
  watch.start(handlerRun(4), handlerRun(2))
  watch.pulseAfter(3_250)
  t.equal(watch.told.length, 1)
  watch.pulseAfter(250)
  watch.pulseAfter(1_200)
  watch.pulseAfter(1_100)
  const [, second, third] = watch.told
  t.match(second, { duration_ms: 4_000, stalls: 2 })
  t.strictSame(
    second?.handlers.map(({ job_id }) => job_id),
    [2, 4]
  )
  t.equal(third, undefined)
  t.end()
})

test('of many handlers in flight ten are named', (t) => {
  const watch = createWatch()
  watch.run(...Array.from({ length: 30 }, (_, index) => handlerRun(index)))
  watch.start(handlerRun(0))
  watch.pulseAfter(250)
  watch.pulseAfter(2_000)
  t.equal(watch.told[0]?.handlers.length, 10)
  t.end()
})
