import { createLease, identify } from '../../src/engine/replica.ts'
import { createRounds } from '../../src/engine/rounds.ts'
import { stopReplica } from '../../src/store/replicas.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabase } from '../helpers/scheduler.ts'

test('a lease is sure for somewhat less than it lasts, counted from before it was written', async (t) => {
  const db = await createTestDatabase(t)
  const clock = createManualClock()
  const lease = createLease(db, {
    clock,
    identity: identify('0.0.0'),
    leaseMs: 30_000,
    maxConcurrentRuns: 1,
    rounds: createRounds(clock)
  })
  t.notOk(lease.isSure(), 'before there is one')
  await lease.take()
  await clock.advance(26_999)
  t.ok(lease.isSure())
  await clock.advance(1)
  t.notOk(lease.isSure(), 'a tenth is left for what clocks differ by')
  t.ok(await lease.renew())
  t.ok(lease.isSure(), 'it was late, and nobody minded')
  await clock.advance(27_000)
  await stopReplica(db, lease.id(), { now: clock.now() })
  t.notOk(await lease.renew())
  t.notOk(lease.isSure())
})
