import { test } from 'tap'
import { createTestScheduler } from '../helpers/scheduler.ts'

test('an occurrence that is due while a run is going on is recorded as skipped', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const ends: (() => void)[] = []
  scheduler.handle('slow', () => new Promise<void>((resolve) => ends.push(resolve)))
  const job = await scheduler.createJob({
    name: 'slow',
    repeat_interval: '10s',
    target: { type: 'handler', name: 'slow' }
  })
  await clock.advance(25_000)
  const states = (await scheduler.listRuns({ filter: { jobId: job.id } })).map(
    ({ state, reason }) => ({ state, reason })
  )
  t.strictSame(states, [
    { state: 'skipped', reason: 'overlap' },
    { state: 'running', reason: null }
  ])
  ends[0]?.()
  await clock.advance(10_000)
  t.equal((await scheduler.listRuns({ filter: { jobId: job.id } }))[0]?.state, 'running')
})
