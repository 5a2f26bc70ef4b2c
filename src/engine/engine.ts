import type { Clock } from '../domain/clock.ts'
import type { TargetType } from '../domain/target.ts'
import type { CancelledRun } from '../store/cancel-runs.ts'
import type { Db } from '../store/db.ts'
import { stopReplica } from '../store/replicas.ts'
import type { Logger, Perform } from './attempt.ts'
import type { ClaimedRun } from './claimed-run.ts'
import { announceEnqueued, type Enqueued, type EnqueueTime } from './enqueue.ts'
import { createEventHub, type EventHub, type SettledRun } from './events.ts'
import type { EngineState, EngineStatus } from './engine-status.ts'
import { createExecutor } from './executor.ts'
import { createHeartbeat } from './heartbeat.ts'
import { idsOf } from './ids-of.ts'
import { createJanitor } from './janitor.ts'
import { createLife } from './life.ts'
import { createLoop, type LoopOptions } from './loop.ts'
import { dispatchPass, enqueuePass } from './passes.ts'
import { createLease, type ReplicaIdentity } from './replica.ts'
import { createRounds } from './rounds.ts'
import { createRunLogs } from './run-logs.ts'
import { createSelfCheck } from './self-check.ts'
import { endRun, type EndedRun } from './settlement.ts'
import { createSlots, type Slots } from './slots.ts'
import { followZoneData } from './zone-data.ts'
import { announceEnds, announceResults, createSettler } from './settler.ts'
import { createStrays } from './stray-runs.ts'
import { createTracing } from './tracing.ts'

export interface EngineParts {
  db: Db
  clock: Clock
  log: Logger
  identity: ReplicaIdentity
  targets: Readonly<Record<TargetType, Perform>>
  /** Names of the handlers registered here; may grow. */
  handlers: ReadonlySet<string>
  maxConcurrentRuns: number
  leaseMs: number
  heartbeatMs: number
  retention: { ageMs: number; perJob: number }
  /** How often to look for what other processes have written, when nothing else is due. */
  pollMs: number
  /** The version of the time-zone data of this runtime. */
  zoneData: string
}

/** The loops, and the attempts in flight. */
export interface Engine {
  readonly events: EventHub
  start(): Promise<void>
  /**
   * Starts nothing more, waits at most `graceMs` for what runs, hands back what is left. Called
   * again meanwhile, it waits for the same end, and may shorten the time.
   * @throws when the last results cannot be written
   */
  stop(graceMs: number): Promise<void>
  status(): EngineStatus
  /** By whom and when runs are recorded now, and how many of them may start at once. */
  enqueueTime(slots: number): EnqueueTime
  /** Reserves free slots, at most so many, until `work` has ended: it starts what it has claimed. */
  withSlots: Slots['reserve']
  /** Carries out what was enqueued; to be called after its commit. */
  afterEnqueue(enqueued: Enqueued): void
  /** Stops what was cancelled, where it runs here; to be called after the commit. */
  afterCancel(runs: readonly CancelledRun[], reason: string | null): void
  /** Lets the loops look again at what is due. */
  wake(): void
}

export function createEngine(parts: EngineParts): Engine {
  const { db, clock } = parts
  const events = createEventHub()
  const shared = { ...parts, events }
  const rounds = createRounds(clock)
  const lease = createLease(db, { ...parts, rounds })
  const tracing = createTracing({ db, events })
  let state: EngineState = 'idle'
  /** The jobs are gone through once after a start; a stop waits for it. */
  let zoneDataFollowed: Promise<void> = Promise.resolve()
  /** Runs or due jobs may be waiting for a slot. */
  let starved = false

  const runLogs = createRunLogs(shared)
  const executor = createExecutor({
    ...shared,
    tracing,
    logOf: runLogs.loggerOf,
    onEnd: (run, outcome) => {
      const time = { now: clock.now(), replica: parts.identity.name, random: Math.random() }
      settler.add({ ...endRun(run, outcome, time), log: runLogs.end(run) })
      // What fills a slot is a commit: where they come free one by one, it is paid once for many.
      if (starved && executor.free() * 2 >= parts.maxConcurrentRuns) wake()
    }
  })

  const onResults = (ended: readonly EndedRun[], accepted: readonly EndedRun[]): void => {
    announceResults(events, ended, accepted)
    // A retry, or a run that waited behind one of these or for a slot, may be next.
    if (ended.length > 0) dispatchLoop.wake()
  }

  const settler = createSettler({
    db,
    clock,
    events,
    owner: lease.id,
    isCrowded: () => starved || rounds.isFollowed(),
    onResults
  })

  const enqueueTime = (free: number): EnqueueTime => ({
    now: clock.now(),
    replica: state === 'running' ? lease.id() : null,
    handlers: parts.handlers,
    slots: free
  })

  const slots = createSlots({
    // While results cannot be written, nothing more is started: what they hold must stay bounded.
    free: () =>
      state === 'running' && lease.isSure() && !settler.isFailing() ? executor.free() : 0,
    onFreed: () => wake()
  })

  const onClaimed = (claimed: readonly ClaimedRun[]): void => {
    // The answer to a claim may be so late that the runs belong to another replica by now. What is
    // left out and still held here is found to be stray.
    const runs = lease.isSure() ? claimed.filter((run) => !strays.isGivenUp(run)) : []
    if (runs.length === 0) return
    executor.start(runs)
    events.emit('runs_started', { runs })
    events.emit('jobs_moved', { ids: runs.map((run) => run.job_id) })
  }

  const afterCancel = (runs: readonly CancelledRun[], reason: string | null): void => {
    if (runs.length === 0) return
    const withdrawn = runs.filter((run) => run.state === 'cancelled')
    if (withdrawn.length > 0) events.emit('runs_withdrawn', { runs: withdrawn, reason })
    const running = runs.filter((run) => run.state === 'running')
    executor.cancel(idsOf(running), reason)
    const elsewhere = running.filter((run) => run.owner !== lease.id())
    if (elsewhere.length > 0) events.emit('cancel_requested', { ids: idsOf(elsewhere) })
    events.emit('jobs_moved', { ids: runs.map((run) => run.job_id) })
    dispatchLoop.wake()
  }

  const afterEnqueue = (enqueued: Enqueued): void => {
    onClaimed(enqueued.claimed)
    announceEnqueued(events, enqueued)
    afterCancel(enqueued.cancelled, 'replaced')
    const waiting = enqueued.others.filter((run) => run.state === 'pending')
    if (waiting.length === 0) return
    events.emit('runs_waiting', { ids: waiting.map((run) => run.jobId) })
    dispatchLoop.wake()
  }

  const onLost = async (): Promise<void> => {
    const replica = lease.id()
    const runs = executor.inFlight()
    executor.abortAll('lease_lost')
    settler.clear()
    runLogs.clear()
    await lease.take()
    events.emit('lease_lost', { replica, runs })
  }

  const strays = createStrays({
    ...parts,
    owner: lease.id,
    knownRuns: () => new Set([...executor.runIds(), ...settler.runIds()]),
    onCancelled: (runs) => afterCancel(runs, null)
  })
  const janitor = createJanitor({
    ...shared,
    strays,
    owner: lease.id,
    announceEnds: (runs) => announceEnds(events, runs),
    onRescued: () => dispatchLoop.wake()
  })
  const passParts = {
    db,
    clock,
    settler,
    enqueueTime,
    withSlots: slots.reserve,
    isStarved: () => starved,
    onHeld: () => {
      starved = true
    },
    afterEnqueue,
    onClaimed,
    onBroken: (runs: readonly SettledRun[]) => announceEnds(events, runs),
    onLooked: rounds.onLooked
  }
  const loop = (name: string, pass: LoopOptions['pass'], maxSleepMs = parts.pollMs) =>
    createLoop({ name, clock, events, maxSleepMs, pass })

  const enqueueLoop = loop('enqueue', () => rounds.watch(() => enqueuePass(passParts)))
  const dispatchLoop = loop('dispatch', async () => {
    const next = await dispatchPass(passParts)
    const isFull = executor.free() === 0
    // Due jobs that were held back for what waited, or for its slots.
    if (starved && !isFull) enqueueLoop.wake()
    starved = isFull
    return next
  })
  const heartbeatLoop = loop(
    'heartbeat',
    createHeartbeat({
      ...parts,
      lease,
      renewEveryMs: parts.heartbeatMs,
      onLost,
      onCancelRequests: (requests) => {
        for (const { id, reason } of requests) executor.cancel([id], reason)
      }
    })
  )
  const janitorLoop = loop('janitor', janitor.pass, janitor.everyMs)
  const selfCheck = createSelfCheck({
    ...shared,
    owner: lease.id,
    rounds: rounds.status,
    wake: () => wake(),
    onCancelled: afterCancel
  })
  const selfCheckLoop = loop('self_check', selfCheck.pass, selfCheck.everyMs)
  const wake = (): void => {
    enqueueLoop.wake()
    dispatchLoop.wake()
  }
  events.on('notice_received', (notice) => {
    if (notice.wake) wake()
    if (notice.cancel) heartbeatLoop.wake()
  })
  const others = [enqueueLoop, dispatchLoop, janitorLoop, selfCheckLoop]

  const begin = async (): Promise<void> => {
    if (state === 'running') return
    await lease.take()
    // What a crash left behind comes first, so that it does not wait for the first round.
    await janitor.rescue()
    await tracing.prepare()
    state = 'running'
    zoneDataFollowed = followZoneData({ db, clock, events, version: parts.zoneData }).then(
      () => undefined,
      (error: unknown) => events.emit('pass_failed', { loop: 'zone_data', error })
    )
    tracing.detached(() => [...others, heartbeatLoop].forEach((one) => one.start()))
  }

  /** What runs may end by itself within the grace time; what is left is stopped and handed back. */
  const drain = async (graceOver: Promise<void>): Promise<void> => {
    // First, because a round that is going on may still start runs.
    await Promise.all(others.map((one) => one.stop()))
    const idle = executor.idle()
    await Promise.race([idle, graceOver])
    executor.abortAll('stop')
    await idle
    await settler.flush()
    await runLogs.idle()
  }

  const end = async (graceOver: Promise<void>): Promise<void> => {
    if (state !== 'running') return
    state = 'stopping'
    try {
      await drain(graceOver)
      await zoneDataFollowed
      await stopReplica(db, lease.id(), { now: clock.now() })
    } finally {
      // Without a lease that is renewed, what could not be written is rescued by another replica.
      await heartbeatLoop.stop()
      state = 'stopped'
    }
  }

  return {
    events,
    enqueueTime,
    withSlots: slots.reserve,
    afterEnqueue,
    afterCancel,
    wake,
    ...createLife({ clock, begin, end }),
    status: () => ({
      state,
      replica: state === 'running' || state === 'stopping' ? lease.id() : null,
      lastPassAt: rounds.status().lastAt,
      lastCheckAt: selfCheck.lastAt(),
      runsInFlight: executor.inFlight(),
      runSlots: parts.maxConcurrentRuns
    })
  }
}
