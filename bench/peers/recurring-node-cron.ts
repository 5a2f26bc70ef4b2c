import { importPeer } from './import-peer.ts'
import { latest, type RecurringPeer } from './recurring-peer.ts'

interface NodeCron {
  schedule(expression: string, work: () => void): unknown
}

/** In process: it keeps nothing. */
export const nodeCron: RecurringPeer = {
  start: async (schedules, onRun) => {
    const { schedule } = await importPeer<NodeCron>('node-cron/dist/node-cron.js')
    for (let index = 0; index < schedules; index++) {
      schedule('* * * * * *', () => onRun(latest(1_000)))
    }
  }
}
