import { Client } from 'pg'
import { importPeer } from './import-peer.ts'
import { inBatches, QUEUE, type PeerQueue } from './peer.ts'

/** The little of graphile-worker that the bench calls: it is installed only where it is measured. */
interface GraphileWorker {
  run(options: Readonly<Record<string, unknown>>): Promise<{ stop(): Promise<void> }>
  makeWorkerUtils(options: { connectionString: string }): Promise<{
    migrate(): Promise<void>
    addJobs(jobs: readonly { identifier: string; runAt: Date }[]): Promise<unknown>
    release(): Promise<void>
  }>
}

/** Its logger otherwise has a line for each job. */
interface Quiet {
  Logger: new (factory: () => () => void) => object
}

export async function importGraphileWorker(): Promise<GraphileWorker & Quiet> {
  return importPeer('graphile-worker/dist/index.js')
}

/** It deletes what it has done, so what is not there any more is counted as done. */
export async function openGraphileWorker(url: string): Promise<PeerQueue> {
  const { makeWorkerUtils } = await importGraphileWorker()
  const utils = await makeWorkerUtils({ connectionString: url })
  await utils.migrate()
  const client = new Client({ connectionString: url })
  await client.connect()
  let made = 0
  return {
    make: (count, at) =>
      inBatches(count, async (length) => {
        const job = { identifier: QUEUE, runAt: new Date(at) }
        await utils.addJobs(Array.from({ length }, () => job))
        made += length
      }),
    countDone: async () => {
      const { rows } = await client.query<{ count: number }>(
        'select count(*)::int as count from graphile_worker._private_jobs'
      )
      return made - (rows[0]?.count ?? 0)
    },
    close: async () => {
      await client.end()
      await utils.release()
    }
  }
}
