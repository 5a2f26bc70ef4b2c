import { importPeer } from './import-peer.ts'
import { latest, type RecurringPeer } from './recurring-peer.ts'

const QUEUE = 'measured'
const OPTIONS = { batchSize: 1_000, pollingIntervalSeconds: 0.5 }

interface Schedules {
  PgBoss: new (options: { connectionString: string }) => {
    on(event: 'error', listener: (error: Error) => void): unknown
    start(): Promise<unknown>
    createQueue(name: string): Promise<void>
    schedule(name: string, cron: string, data: null, options: { key: string }): Promise<void>
    work(
      name: string,
      options: object,
      handler: (jobs: readonly object[]) => Promise<void>
    ): Promise<string>
  }
}

/** Its schedules, whose shortest period is a minute. */
export function pgBoss(url: string): RecurringPeer {
  return {
    start: async (schedules, onRun) => {
      const { PgBoss } = await importPeer<Schedules>('pg-boss/dist/index.js')
      const boss = new PgBoss({ connectionString: url })
      boss.on('error', (error) => console.error(error.message))
      await boss.start()
      await boss.createQueue(QUEUE)
      for (let index = 0; index < schedules; index++) {
        await boss.schedule(QUEUE, '* * * * *', null, { key: String(index) })
      }
      await boss.work(QUEUE, OPTIONS, async (jobs) => {
        jobs.forEach(() => onRun(latest(60_000)))
      })
    }
  }
}
