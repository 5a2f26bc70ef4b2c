import { NOBODY, SCHEDULER } from './domain/caller.ts'
import type { TargetPolicy } from './domain/addresses/target-policy.ts'
import { COMMANDS_ALLOWED } from './domain/target.ts'
import { createCheckTarget } from './operations/check-target.ts'
import type { Dispatcher } from 'undici'
import { CarillonError, messageOf } from './domain/errors.ts'
import type { EngineStatus } from './engine/engine-status.ts'
import { createEngine, type EngineParts } from './engine/engine.ts'
import type { EventHub } from './engine/events.ts'
import { TARGET_GONE } from './engine/settlement.ts'
import { createVault, type Vault } from './engine/vault.ts'
import { createCommandPerformer } from './engine/targets/command.ts'
import type { Environment } from './engine/targets/command-environment.ts'
import { createHandle, type Handle } from './engine/targets/handle.ts'
import { createHandlerRegistry } from './engine/targets/handler.ts'
import { createHttpPerformer } from './engine/targets/http.ts'
import { performLog } from './engine/targets/log.ts'
import type { ForeignTransaction } from './store/foreign-codec.ts'
import type { Core } from './operations/core.ts'
import { createKeyOperations, type KeyOperations } from './operations/keys/key-operations.ts'
import { createOnce, type Once } from './operations/once.ts'
import type { ProcessFacts } from './operations/system/core.ts'
import {
  createSystemOperations,
  type SystemOperations
} from './operations/system/system-operations.ts'
import { withTransaction } from './operations/with-transaction.ts'
import { createOperations, type Operations } from './operations/operations.ts'
import { reportFailures } from './operations/report-failures.ts'

/** What a scheduler is made of; durations are milliseconds. */
export interface SchedulerOptions extends Omit<EngineParts, 'targets' | 'handlers'> {
  /** Where `http` targets may lead; anywhere but to metadata, if left out. */
  targetPolicy?: TargetPolicy
  /** Seals the secrets of jobs; none can be stored, if left out. */
  vault?: Vault
  /** What `http` targets send by, in place of connections. For tests. */
  dispatcher?: Dispatcher
  /** What is told of this process; little, if left out. */
  facts?: ProcessFacts
  /** Whether jobs may start programs; they may not, if left out. */
  commands?: { environment: Environment }
}

/** The scheduler: what routes and embedding applications call. */
export interface Scheduler extends Operations, SystemOperations {
  readonly events: EventHub
  readonly handle: Handle
  /** Listens to an event until the returned function is called. */
  on: EventHub['on']
  /** Carries out a request at most once, however often it is sent. */
  readonly once: Once
  /**
   * The same calls as parts of a transaction on your own Kysely, on the same database: what they do
   * is committed or rolled back with the rest. It is noticed within a second of the commit.
   */
  withTransaction(transaction: ForeignTransaction): Operations
  /** The API keys of the services on this database. */
  readonly keys: KeyOperations
  /** Begins to run what is due. */
  start(): Promise<void>
  /**
   * Starts nothing more, waits for what runs, at most `graceMs`, and hands back what is left.
   * Afterwards every result is in the database.
   */
  stop(options?: { graceMs?: number }): Promise<void>
  /** How it is doing, for health checks and metrics. */
  status(): EngineStatus
}

const DEFAULT_GRACE_MS = 30_000

const NO_FACTS: ProcessFacts = {
  node: 'unknown',
  config: [],
  cache: () => null,
  clockSkewMs: () => 0
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { targetPolicy: policy, commands, dispatcher } = options
  const { vault = createVault({ current: null, previous: null }) } = options
  const handlers = createHandlerRegistry(commands === undefined ? [] : [COMMANDS_ALLOWED])
  const http = createHttpPerformer({
    now: options.clock.now,
    vault,
    ...(policy && { policy }),
    ...(dispatcher && { dispatcher })
  })
  const engine = createEngine({
    ...options,
    handlers: handlers.names,
    targets: {
      log: performLog,
      http: http.perform,
      handler: handlers.perform,
      command: createCommandPerformer({
        environment: commands?.environment ?? {},
        events: () => engine.events
      })
    }
  })
  const checkTarget = createCheckTarget({ allowCommands: commands !== undefined, policy, handlers })
  const { db, clock, retention } = options
  const core: Core = {
    ...engine,
    db,
    clock,
    retention,
    checkTarget,
    testHttp: http.test,
    vault,
    caller: NOBODY
  }
  const operations = createOperations(core)
  const { identity, facts = NO_FACTS } = options
  const startedAt = clock.now()
  const system = createSystemOperations({
    ...core,
    identity,
    facts,
    startedAt,
    status: engine.status
  })
  const ownOperations = operations.as(SCHEDULER)

  core.events.on('runs_settled', ({ runs }) => {
    for (const { run, reason } of runs) {
      if (reason === TARGET_GONE) void pauseGoneTarget(run.job_id)
    }
  })

  const pauseGoneTarget = async (jobId: number): Promise<void> => {
    const reason = 'The target answered 410 Gone.'
    try {
      await ownOperations.pause(jobId, { reason })
      core.events.emit('job_paused_by_target', { job_id: jobId, reason })
    } catch (error) {
      // Deleted or finished in the meantime: there is nothing left to pause.
      if (!(error instanceof CarillonError)) {
        core.events.emit('pass_failed', { loop: 'pause', error: messageOf(error) })
      }
    }
  }

  return {
    ...reportFailures({ ...operations, ...system, once: createOnce(core) }, core),
    keys: reportFailures(createKeyOperations(core), { ...core, prefix: 'keys_' }),
    as: (caller) => reportFailures(operations.as(caller), core),
    events: core.events,
    withTransaction: (transaction) => withTransaction(core, transaction),
    handle: createHandle({
      add: (name, handler) => {
        handlers.add(name, handler)
        // Runs may have been waiting for it.
        engine.wake()
      }
    }),
    on: core.events.on,
    start: engine.start,
    stop: async ({ graceMs = DEFAULT_GRACE_MS } = {}) => {
      await engine.stop(graceMs)
      await http.close()
    },
    status: engine.status
  }
}
