import Sqlite from 'better-sqlite3'
import { importPeer } from './import-peer.ts'
import { inBatches, QUEUE, type PeerQueue } from './peer.ts'

/** The little of plainjob that the bench calls: it is installed only where it is measured. */
interface PlainJob {
  better(database: Sqlite.Database): object
  defineQueue(options: object): Queue
  defineWorker(
    type: string,
    work: () => Promise<void>,
    options: object
  ): { start(): Promise<void>; stop(): Promise<void> }
  JobStatus: { Done: number }
}

interface Queue {
  addMany(type: string, data: readonly object[], options: { delay: number }): unknown
  countJobs(options: { type: string; status: number }): number
  close(): void
}

export async function importPlainJob(): Promise<PlainJob> {
  return importPeer('plainjob/dist/plainjob.js')
}

const silent = (): void => undefined
/** It tells of each job otherwise. */
export const LOGGER = { error: console.error, warn: console.error, info: silent, debug: silent }

/** A connection to the file of a URL as ours, with the settings that plainjob gives it. */
export function connectPlainJob({ better, defineQueue }: PlainJob, url: string): Queue {
  const connection = better(new Sqlite(url.replace(/^sqlite:/, '')))
  return defineQueue({ connection, logger: LOGGER })
}

export async function openPlainJob(url: string): Promise<PeerQueue> {
  const library = await importPlainJob()
  const queue = connectPlainJob(library, url)
  return {
    make: (count, at) =>
      inBatches(count, async (length) => {
        const delay = Math.max(0, at - Date.now())
        queue.addMany(
          QUEUE,
          Array.from({ length }, () => ({})),
          { delay }
        )
      }),
    countDone: async () => queue.countJobs({ type: QUEUE, status: library.JobStatus.Done }),
    close: async () => queue.close()
  }
}
