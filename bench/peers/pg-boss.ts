import { importPeer } from './import-peer.ts'

/** The little of pg-boss that the bench calls: it is installed only where it is measured. */
export interface Boss {
  on(event: 'error', listener: (error: Error) => void): unknown
  start(): Promise<unknown>
  stop(): Promise<void>
  createQueue(name: string, options: { partition: boolean }): Promise<void>
  insert(name: string, jobs: readonly { startAfter: Date }[]): Promise<unknown>
  work(
    name: string,
    options: Readonly<Record<string, number | boolean>>,
    handler: (jobs: readonly { id: string }[]) => Promise<unknown>
  ): Promise<string>
}

interface PgBossModule {
  PgBoss: new (options: Readonly<Record<string, unknown>>) => Boss
}

export const QUEUE = 'measured'

/** Connects, and creates its tables where there are none. */
export async function startBoss(url: string): Promise<Boss> {
  const { PgBoss } = await importPeer<PgBossModule>('pg-boss/dist/index.js')
  // Without its own maintenance and cron, which are no part of what is measured.
  const boss = new PgBoss({ connectionString: url, supervise: false, schedule: false })
  boss.on('error', (error) => console.error(error.message))
  await boss.start()
  return boss
}
