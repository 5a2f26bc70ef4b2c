import { env, versions } from 'node:process'
import fp from 'fastify-plugin'
import { appOf, type AppOptions } from './instance.ts'
import { isLocalOnly } from './local-only.ts'
import { createTargetPolicy } from '../src/domain/addresses/target-policy.ts'
import { identify } from '../src/engine/replica.ts'
import { createScheduler } from '../src/scheduler.ts'
import { version } from '../src/version.ts'

/** How long another process's write may go unnoticed. */
const POLL_MS = 1_000

/**
 * Decorates `scheduler`. It begins to run jobs when the application is ready, and before it closes
 * lets them come to their end while everything that they use is still there.
 */
export default fp<AppOptions>(
  async (instance, { config, handlers = {} }) => {
    const app = appOf(instance)
    const scheduler = createScheduler({
      db: app.db,
      clock: app.clock,
      log: app.log,
      identity: identify(version),
      maxConcurrentRuns: config.maxConcurrentRuns,
      leaseMs: config.leaseMs,
      heartbeatMs: config.heartbeatMs,
      pollMs: POLL_MS,
      zoneData: versions['tz'] ?? 'unknown',
      ...(config.allowCommands && { commands: { environment: env } }),
      targetPolicy: createTargetPolicy({
        allow: config.targetsAllow,
        deny: config.targetsDeny,
        isLocal: () => isLocalOnly(app, config.host)
      }),
      retention: { ageMs: config.retentionAgeMs, perJob: config.retentionRuns }
    })
    for (const [name, handler] of Object.entries(handlers)) scheduler.handle(name, handler)
    app.decorate('scheduler', scheduler)
    app.addHook('onReady', async () => {
      if (config.autoStart) await scheduler.start()
    })
    let stopping: Promise<void> | null = null
    app.addHook('preClose', async () => {
      stopping = scheduler.stop({ graceMs: config.stopGraceMs })
      // Its failure is told in the end: here it would keep others from what they do before closing.
      await stopping.catch(() => undefined)
    })
    // A start that fails after this point never reaches preClose, and one that is still going on when
    // the application closes is over only now.
    app.addHook('onClose', async () => {
      await stopping
      await scheduler.stop({ graceMs: 0 })
    })
  },
  { name: 'carillon-scheduler', dependencies: ['carillon-db', 'carillon-clock'] }
)
