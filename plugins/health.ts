import fp from 'fastify-plugin'
import { sql } from 'kysely'
import { systemClock } from '../src/engine/clock.ts'
import { isMigrated } from '../src/store/migrate.ts'
import { migrations } from './db.ts'
import { appOf, type AppOptions, type Health } from './instance.ts'

const DATABASE_TIMEOUT_MS = 1_000
/** The loop that looks for due jobs makes a round at least once a second. */
const PASS_TIMEOUT_MS = 3_000

/** Decorates `health`, which `/readyz` shows. */
export default fp<AppOptions>(
  async (instance, { config, clock = systemClock }) => {
    const app = appOf(instance)

    const databaseFaults = async (): Promise<string[]> => {
      try {
        await withTimeout(sql`select 1`.execute(app.db.query))
        const current = await withTimeout(isMigrated(app.db, migrations))
        return current ? [] : ['The database has migrations left to be applied.']
      } catch {
        return ['The database does not answer within a second.']
      }
    }

    const schedulerFaults = (): string[] => {
      const { state, lastPassAt } = app.scheduler.status()
      if (state === 'stopping' || state === 'stopped') return ['The scheduler is stopping.']
      if (!config.autoStart) return []
      if (lastPassAt !== null && clock.now() - lastPassAt < PASS_TIMEOUT_MS) return []
      return ['The scheduler has not looked for due jobs for three seconds.']
    }

    const health: Health = {
      faults: async () => [...(await databaseFaults()), ...schedulerFaults()]
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
