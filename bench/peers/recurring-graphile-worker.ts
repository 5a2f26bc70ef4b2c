import { importPeer } from './import-peer.ts'
import { latest, type RecurringPeer } from './recurring-peer.ts'

interface Crontab {
  Logger: new (factory: () => () => void) => object
  parseCronItems(items: readonly { task: string; match: string; identifier: string }[]): object
  run(options: Readonly<Record<string, unknown>>): Promise<unknown>
}

/** Its crontab, whose shortest period is a minute. */
export function graphileWorker(url: string): RecurringPeer {
  return {
    start: async (schedules, onRun) => {
      const library = await importPeer<Crontab>('graphile-worker/dist/index.js')
      const items = Array.from({ length: schedules }, (_, index) => ({
        task: 'measured',
        match: '* * * * *',
        identifier: `measured-${index}`
      }))
      await library.run({
        connectionString: url,
        noHandleSignals: true,
        logger: new library.Logger(() => () => undefined),
        taskList: { measured: () => onRun(latest(60_000)) },
        parsedCronItems: library.parseCronItems(items),
        preset: { worker: { concurrentJobs: 24, localQueue: { size: 500 } } }
      })
    }
  }
}
