/** The counters, held against the ledger: whatever way a run ends, it is counted once. */
import { Registry } from '@prometheus-io/client'
import type { Test } from 'tap'
import type { JobInput } from '../../src/domain/job.ts'
import { createJobMetrics } from '../../src/metrics/job-metrics.ts'
import { createRunMetrics } from '../../src/metrics/run-metrics.ts'
import type { Scheduler } from '../../src/scheduler.ts'
import type { Database } from '../../src/store/db.ts'
import { createGate } from '../helpers/gate.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { test } from '../helpers/on-every-database.ts'
import { createTestDatabase, createTestScheduler } from '../helpers/scheduler.ts'

const work = { type: 'handler', name: 'work' } as const
const yearly = { schedule: '@yearly', target: work } as const
const RETRIED = { max_attempts: 2, initial: '10s', backoff: 'fixed' } as const

type Counts = Record<string, number>

/** A replica with the metrics of its runs. */
async function createCounted(t: Test, db: Database, { name, at }: { name: string; at: number }) {
  const clock = createManualClock(at)
  const identity = { name, host: name, pid: 1, version: '0.0.0' }
  const parts = await createTestScheduler(t, { db, clock, identity, start: false })
  const { scheduler } = parts
  const registry = new Registry()
  createRunMetrics(registry, scheduler)
  const jobs = createJobMetrics({ registry, db, clock, scheduler, jobLimit: 1_000 })
  await jobs.refresh()
  await scheduler.start()
  await clock.advance(0)
  const calls = createGate(scheduler, 'work', { obeys: true })
  return { scheduler, clock, calls, registry }
}

type Counted = Awaited<ReturnType<typeof createCounted>>

/** What the counters of a name say, over all replicas: values of labels, and how many. */
async function counted(replicas: readonly Counted[], name: string): Promise<Counts> {
  const counts: Counts = {}
  for (const { registry } of replicas) {
    const text = await registry.getSingleMetricAsString(name)
    for (const [, labels = '', value] of text.matchAll(/^\w+\{(.*)\} (\d+)$/gm)) {
      const key = [...labels.matchAll(/"([^"]*)"/g)].map(([, label]) => label).join(' ')
      if (Number(value) > 0) counts[key] = (counts[key] ?? 0) + Number(value)
    }
  }
  return counts
}

function add(counts: Counts, key: string, count = 1): void {
  counts[key] = (counts[key] ?? 0) + count
}

/** The same by the ledger. */
async function inLedger(scheduler: Scheduler) {
  const ledger = { runs: {}, notRun: {}, attempts: {}, succeeded: {}, failed: {} }
  for (const run of await scheduler.listRuns({ limit: 10_000 })) {
    const { state, cause, job_id: jobId } = run
    if (state === 'skipped' || state === 'missed') {
      add(ledger.notRun, run.reason ?? state, run.count)
    } else if (state !== 'pending' && state !== 'running') {
      add(ledger.runs, `${state} ${cause} handler`)
    }
    if (state === 'succeeded' || state === 'failed') add(ledger[state], String(jobId))
    for (const { outcome } of run.attempts) if (outcome !== null) add(ledger.attempts, outcome)
  }
  return ledger
}

/** What became of what was due in each hour, as it was counted and as the ledger has it. */
async function comparedHours(scheduler: Scheduler): Promise<[counted: Counts, inLedger: Counts]> {
  const hours: [Counts, Counts] = [{}, {}]
  for (const { from, ...ends } of await scheduler.listRunHours({ hours: 24 })) {
    for (const [state, count] of Object.entries(ends)) {
      if (count !== 0) hours[0][`${from} ${state}`] = count
    }
  }
  for (const { state, scheduled_for: at, count } of await scheduler.listRuns({ limit: 10_000 })) {
    if (state === 'pending' || state === 'running') continue
    add(hours[1], `${at.slice(0, 13)}:00:00.000Z ${state}`, count)
  }
  return hours
}

async function compare(t: Test, replicas: readonly [Counted, ...Counted[]]): Promise<Counts> {
  t.strictSame(...(await comparedHours(replicas[0].scheduler)), 'hours')
  const ledger = await inLedger(replicas[0].scheduler)
  t.strictSame(await counted(replicas, 'scheduler_runs_total'), ledger.runs, 'runs')
  t.strictSame(
    await counted(replicas, 'scheduler_occurrences_not_run_total'),
    ledger.notRun,
    'occurrences that were not run'
  )
  t.strictSame(await counted(replicas, 'scheduler_run_attempts_total'), ledger.attempts, 'attempts')
  return { ...ledger.runs, ...ledger.notRun }
}

const START = Date.parse('2026-01-01T00:00:00Z')

test('however a run of a living replica ends, counters and ledger agree', async (t) => {
  const db = await createTestDatabase(t)
  const replica = await createCounted(t, db, { name: 'one', at: START })
  const { scheduler, clock, calls } = replica
  const create = (input: Partial<JobInput>) =>
    scheduler.createJob({ name: 'j', ...yearly, ...input })
  const last = () => calls.at(-1)

  const plain = await create({})
  await scheduler.run(plain.id)
  last()?.resolve()
  const { id: running } = await scheduler.run((await create({})).id)
  await scheduler.cancelRun(running)
  await clock.advance(50)

  const retried = await create({ retry: RETRIED })
  await scheduler.run(retried.id)
  last()?.reject(new Error('no'))
  await clock.advance(11_000)
  last()?.reject(new Error('no'))
  await clock.advance(50)

  const { id: retrying } = await scheduler.run((await create({ retry: RETRIED })).id)
  last()?.reject(new Error('no'))
  await clock.advance(50)
  await scheduler.cancelRun(retrying)

  const slow = await create({ timeout: '2s' })
  await scheduler.run(slow.id)
  await clock.advance(3_000)

  const queue = await create({ overlap: 'queue_all' })
  await scheduler.run(queue.id)
  const { id: queued } = await scheduler.run(queue.id)
  await scheduler.run(queue.id)
  await scheduler.dryRun.deleteJob(queue.id, { running: 'cancel' })
  await scheduler.cancelRun(queued)
  await scheduler.deleteJob(queue.id)

  const latest = await create({ overlap: 'queue_one' })
  for (let times = 0; times < 4; times++) await scheduler.run(latest.id)
  const replaced = await create({ overlap: 'replace', retry: RETRIED })
  for (let times = 0; times < 3; times++) await scheduler.run(replaced.id)
  await clock.advance(50)
  last()?.reject(new Error('no'))
  await clock.advance(50)
  await scheduler.run(replaced.id)
  await clock.advance(50)

  const several = await create({ overlap: 'queue_all' })
  const { id: first } = await scheduler.run(several.id)
  const { id: second } = await scheduler.run(several.id)
  await scheduler.together(async (operations) => {
    await operations.cancelRun(first)
    await operations.cancelRun(second)
  })
  await clock.advance(50)

  const broken = await create({ overlap: 'queue_all' })
  await scheduler.run(broken.id)
  await scheduler.run(broken.id)
  await db.query
    .updateTable('carillon_jobs')
    .set({ definition: '{' })
    .where('id', '=', broken.id)
    .execute()
  last()?.resolve()
  await clock.advance(50)

  await create({
    schedule: '*/10 * * * * *',
    exclude: [{ from: '2026-01-01T00:01:00Z', to: '2026-01-01T00:02:00Z' }]
  })
  await clock.advance(120_000)
  const all = await compare(t, [replica])
  for (const kind of [
    'succeeded manual handler',
    'failed manual handler',
    'cancelled manual handler',
    'overlap',
    'excluded'
  ]) {
    t.ok(all[kind], kind)
  }
  const ledger = await inLedger(scheduler)
  t.strictSame(await counted([replica], 'scheduler_successes'), ledger.succeeded)
  t.strictSame(await counted([replica], 'scheduler_failures'), ledger.failed)
})

test('the runs of replicas that crash are counted once, by whom they end', async (t) => {
  const db = await createTestDatabase(t)
  const replicas: Counted[] = []
  let at = START
  for (let crash = 0; crash < 4; crash++) {
    const replica = await createCounted(t, db, { name: `replica ${crash}`, at })
    replicas.push(replica)
    if (crash === 0) {
      for (const name of ['again and again', 'cancelled']) {
        const { id } = await replica.scheduler.createJob({ name, ...yearly })
        await replica.scheduler.run(id)
      }
    }
    if (crash === 1) await replica.scheduler.cancelRun(2)
    // Longer than a lease: the one before is dead, and this one takes over what it had.
    await replica.clock.advance(40_000)
    at = replica.clock.now()
  }
  const [heir, ...dead] = replicas.toReversed()
  if (heir === undefined) throw new Error('There are four of them.')
  const all = await compare(t, [heir, ...dead])
  t.strictSame(all, { 'failed manual handler': 1, 'cancelled manual handler': 1 })
})
