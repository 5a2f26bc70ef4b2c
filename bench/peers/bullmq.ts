import { importPeer } from './import-peer.ts'
import { inBatches, QUEUE, type PeerQueue } from './peer.ts'

/** The little of BullMQ that the bench calls: it is installed only where it is measured. */
interface BullMq {
  Queue: new (
    name: string,
    options: object
  ) => {
    addBulk(
      jobs: readonly { name: string; data: object; opts: { delay: number } }[]
    ): Promise<unknown>
    getCompletedCount(): Promise<number>
    obliterate(options: { force: boolean }): Promise<void>
    close(): Promise<void>
  }
  Worker: new (
    name: string,
    work: () => Promise<void>,
    options: object
  ) => { waitUntilReady(): Promise<unknown>; close(): Promise<void> }
}

export async function importBullMq(): Promise<BullMq> {
  return importPeer('bullmq/dist/cjs/index.js')
}

/** The queue is emptied before and after. */
export async function openBullMq(url: string): Promise<PeerQueue> {
  const { Queue } = await importBullMq()
  const queue = new Queue(QUEUE, { connection: { url } })
  await queue.obliterate({ force: true })
  return {
    make: (count, at) =>
      inBatches(count, (length) => {
        const job = { name: QUEUE, data: {}, opts: { delay: Math.max(0, at - Date.now()) } }
        return queue.addBulk(Array.from({ length }, () => job))
      }),
    countDone: () => queue.getCompletedCount(),
    close: async () => {
      await queue.obliterate({ force: true })
      await queue.close()
    }
  }
}
