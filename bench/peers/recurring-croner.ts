import { Cron } from 'croner'
import { latest, type RecurringPeer } from './recurring-peer.ts'

/** In process: it keeps nothing. */
export const croner: RecurringPeer = {
  start: async (schedules, onRun) => {
    for (let index = 0; index < schedules; index++) {
      new Cron('* * * * * *', () => onRun(latest(1_000))).resume()
    }
  }
}
