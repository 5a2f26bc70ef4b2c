import { randomUUID } from 'node:crypto'
import type { Dispatcher } from 'undici'
import { clockOf } from './core/clock-of.ts'
import { knownOptions } from './core/known-options.ts'
import { noteUses } from './core/noted-use.ts'
import { schedulerOptions } from './core/scheduler-options.ts'
import { openStorage } from './core/storage.ts'
import { parseConfig, type Options } from './src/config.ts'
import type { Clock } from './src/domain/clock.ts'
import type { Logger } from './src/engine/attempt.ts'
import { exchangeNotices } from './src/engine/notices.ts'
import type { HandlerDefinition } from './src/engine/targets/handler-definition.ts'
import type { Handler } from './src/engine/targets/handler.ts'
import { createScheduler, type Scheduler } from './src/scheduler.ts'
import { listShownOptions, sourcesInCode } from './src/shown-options.ts'

export { CarillonError, type ErrorCode, type Fault } from './src/domain/errors.ts'
export type { Clock } from './src/domain/clock.ts'
export type { CrontabLine, CrontabReport, CrontabRequest } from './src/domain/crontab-report.ts'
export type { Job, JobInput, JobPatch } from './src/domain/job.ts'
export type { Manifest, ManifestReport } from './src/domain/manifest.ts'
export type { Run } from './src/domain/run.ts'
export type { PauseScheduling, Scheduling } from './src/domain/scheduling.ts'
export type { Pruned, System } from './src/domain/system.ts'
export type { AttemptContext, Logger } from './src/engine/attempt.ts'
export type { EventName, Events } from './src/engine/events.ts'
export {
  defineHandler,
  type HandlerDefinition,
  type TypedHandler
} from './src/engine/targets/handler-definition.ts'
export type { Handler } from './src/engine/targets/handler.ts'
export type { KeyOperations } from './src/operations/keys/key-operations.ts'
export type { Operations } from './src/operations/operations.ts'
export type { Scheduler } from './src/scheduler.ts'

/** What is about listening and answering, which there is none of here. */
const HTTP_OPTIONS = [
  'host',
  'port',
  'logLevel',
  'apiKey',
  'allowedHosts',
  'publicUrl',
  'trustProxy',
  'rateLimit',
  'cacheJobs',
  'metricsJobLimit'
] as const

/** Everything has a default. */
export interface CoreOptions extends Partial<Omit<Options, (typeof HTTP_OPTIONS)[number]>> {
  /** The functions that targets of type `handler` call, by name. */
  handlers?: Readonly<Record<string, Handler | HandlerDefinition>>
  /** Where handlers and `log` targets write; nowhere, if left out. `console` fits, and so does pino. */
  log?: Logger
  /** For tests. */
  clock?: Clock
  /** What `http` targets send by, in place of connections. For tests. */
  dispatcher?: Dispatcher
  /** How often to look for what other processes have written, in milliseconds. For tests. */
  pollMs?: number
}

/** A scheduler, and what it stands on. */
export interface OpenScheduler extends Scheduler {
  /** Stops it as `stop` does, and closes the database. */
  close(options?: { graceMs?: number }): Promise<void>
}

const OWN_OPTIONS = ['handlers', 'log', 'clock', 'dispatcher', 'pollMs']
const SILENT: Logger = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * A scheduler without an HTTP API, and without Fastify: opens the database, brings its schema up to
 * date, and runs what is due, unless `autoStart` is false.
 * @throws CarillonError `invalid_configuration`, `store_unusable`, `store_unavailable`
 */
export async function openScheduler(options: CoreOptions = {}): Promise<OpenScheduler> {
  const { handlers = {}, log = SILENT, dispatcher, pollMs } = options
  const given = knownOptions(options, { own: OWN_OPTIONS, except: HTTP_OPTIONS })
  const config = parseConfig(given)
  const shown = listShownOptions(config, { sources: sourcesInCode(given), except: HTTP_OPTIONS })
  const db = await openStorage(config, {
    info: (fields, message) => log.info(fields, message),
    warn: (message) => log.warn({}, message)
  })
  const closers: (() => unknown)[] = [() => db.close()]
  const closeAll = async (): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close()
  }
  try {
    const { clock, skewMs, stop } = await clockOf(db, options.clock)
    closers.push(stop)
    // Nobody can ask for calls but this program itself.
    const isLocal = (): boolean => true
    const told = { shown, cache: () => null, clockSkewMs: skewMs }
    const surroundings = { db, clock, log, dispatcher, pollMs, isLocal, ...told }
    const scheduler = createScheduler(schedulerOptions(config, surroundings))
    for (const [name, handler] of Object.entries(handlers)) scheduler.handle(name, handler)
    noteUses(scheduler, db)
    const { events } = scheduler
    if (db.notices !== null) {
      closers.push(await exchangeNotices({ channel: db.notices, events, self: randomUUID() }))
    }
    if (config.autoStart) await scheduler.start()
    return {
      ...scheduler,
      close: async (how = {}) => {
        try {
          await scheduler.stop({ graceMs: how.graceMs ?? config.stopGraceMs })
        } finally {
          await closeAll()
        }
      }
    }
  } catch (error) {
    await closeAll()
    throw error
  }
}
