import fp from 'fastify-plugin'
import { MAX_SKEW_MS, skewSentence, WARNED_SKEW_MS } from '../src/engine/clock-skew.ts'
import { isMigrated } from '../src/store/migrate.ts'
import { findPause } from '../src/store/pause.ts'
import { migrations } from '../core/migrations.ts'
import { watchForFullDisk } from './full-disk.ts'
import { appOf, type AppOptions, type Health } from './instance.ts'
import { createWalWatch } from './wal-watch.ts'

const DATABASE_TIMEOUT_MS = 1_000
/** The loop that looks for due jobs makes a round at least once a second. */
const PASS_TIMEOUT_MS = 3_000
const LOOK_EVERY_MS = 1_000

/** Decorates `health`, which `/readyz` shows. */
export default fp<AppOptions>(
  async (instance, { config }) => {
    const app = appOf(instance)

    const isDiskFull = watchForFullDisk(app)

    const lookAtDatabase = async (): Promise<{ faults: string[]; isPaused: boolean }> => {
      const placeFault = app.db.placeFault()
      if (placeFault !== null) return { faults: [placeFault], isPaused: false }
      if (isDiskFull()) return { faults: ['The disk of the database is full.'], isPaused: false }
      try {
        const isPaused = (await withTimeout(findPause(app.db))) !== null
        const current = await withTimeout(isMigrated(app.db, migrations))
        const faults = current ? [] : ['The database has migrations left to be applied.']
        return { faults, isPaused }
      } catch {
        return { faults: ['The database does not answer within a second.'], isPaused: false }
      }
    }

    const schedulerFaults = (): string[] => {
      const { state, lastPassAt } = app.scheduler.status()
      if (state === 'stopping' || state === 'stopped') return ['The scheduler is stopping.']
      if (!config.autoStart) return []
      if (lastPassAt !== null && app.clock.now() - lastPassAt < PASS_TIMEOUT_MS) return []
      return ['The scheduler has not looked for due jobs for three seconds.']
    }

    const clockFaults = (): string[] => {
      const skewMs = app.clockSkewMs()
      if (Math.abs(skewMs) <= MAX_SKEW_MS) return []
      return [`${skewSentence(skewMs)} Correct it.`]
    }

    // Once a skew begins, not once a look.
    let isSkewed = false
    const lookAtClock = (): void => {
      const skewMs = app.clockSkewMs()
      const wasSkewed = isSkewed
      isSkewed = Math.abs(skewMs) > WARNED_SKEW_MS
      if (isSkewed && !wasSkewed) app.log.warn({ skew_ms: skewMs }, skewSentence(skewMs))
    }
    let hadPlaceFault = false
    const lookAtPlace = (): void => {
      const fault = app.db.placeFault()
      if (fault !== null && !hadPlaceFault) {
        app.log.error({ database: app.db.description }, fault)
      }
      hadPlaceFault = fault !== null
    }
    const lookAtWal = createWalWatch(app)
    const look = (): void => {
      lookAtClock()
      lookAtPlace()
      lookAtWal()
    }
    const timer = setInterval(look, LOOK_EVERY_MS)
    timer.unref()
    look()
    app.addHook('onClose', async () => clearInterval(timer))

    const health: Health = {
      look: async () => {
        const { faults, isPaused } = await lookAtDatabase()
        return { faults: [...faults, ...clockFaults(), ...schedulerFaults()], isPaused }
      }
    }
    app.decorate('health', health)
  },
  { name: 'carillon-health', dependencies: ['carillon-scheduler'] }
)

async function withTimeout<Result>(work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('too late')), DATABASE_TIMEOUT_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
