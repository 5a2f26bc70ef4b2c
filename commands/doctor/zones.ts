import { findTimezone } from '../../src/domain/cron/timezone.ts'
import { findSetting } from '../../src/store/settings.ts'
import { failed, ok, warning, type Check, type Parts } from './check.ts'

/** Only a runtime with the data of all zones knows it. */
const FAR_ZONE = 'Asia/Kathmandu'

/** Whether schedules mean the same here as where they were planned. */
export const zones: Check = {
  name: 'time zones',
  run: async (parts) => {
    const { tz, icu } = parts.machine.versions
    if (tz === undefined || icu === undefined || findTimezone(FAR_ZONE) === null) {
      return failed('This Node has no data of time zones; install one that is built with full ICU.')
    }
    const noted = await findNoted(parts)
    if (noted === undefined || noted === tz) return ok(`The data of time zones is ${tz}.`)
    return warning(
      `The data of time zones is ${tz} here, but ${noted} where the service started last; give every replica the same Node.`
    )
  }
}

/** The data by which the occurrences in the database were planned. */
async function findNoted({ storage: { database, age } }: Parts): Promise<string | undefined> {
  if (database === null || age === 'none' || age === 'older') return undefined
  return findSetting(database, 'zone_data')
}
