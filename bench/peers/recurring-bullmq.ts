import { importPeer } from './import-peer.ts'
import type { RecurringPeer } from './recurring-peer.ts'

const QUEUE = 'measured-schedules'
/** Its documentation advises 100 to 300 at a time where a job takes next to no time. */
const CONCURRENCY = 200

interface JobSchedulers {
  Queue: new (
    name: string,
    options: object
  ) => {
    upsertJobScheduler(
      id: string,
      repeat: { every: number },
      template: { opts: { removeOnComplete: number } }
    ): Promise<unknown>
    obliterate(options: { force: boolean }): Promise<void>
  }
  Worker: new (
    name: string,
    work: (job: { id: string }) => Promise<void>,
    options: object
  ) => { close(force: boolean): Promise<void> }
}

/** Job schedulers on Redis; the queue is emptied before and after. */
export function bullMq(url: string): RecurringPeer {
  let clear = async (): Promise<void> => undefined
  return {
    stop: () => clear(),
    start: async (schedules, onRun) => {
      const { Queue, Worker } = await importPeer<JobSchedulers>('bullmq/dist/cjs/index.js')
      const queue = new Queue(QUEUE, { connection: { url } })
      await queue.obliterate({ force: true })
      for (let index = 0; index < schedules; index++) {
        const template = { opts: { removeOnComplete: 1_000 } }
        await queue.upsertJobScheduler(String(index), { every: 1_000 }, template)
      }
      // The id of a run ends with the instant it is for.
      const work = async ({ id }: { id: string }): Promise<void> =>
        onRun(Number(id.slice(id.lastIndexOf(':') + 1)))
      const connection = { url, maxRetriesPerRequest: null }
      const worker = new Worker(QUEUE, work, { connection, concurrency: CONCURRENCY })
      clear = async () => {
        await worker.close(true)
        await queue.obliterate({ force: true })
      }
    }
  }
}
