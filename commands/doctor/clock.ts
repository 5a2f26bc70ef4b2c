import { MAX_SKEW_MS, skewSentence, WARNED_SKEW_MS } from '../../src/engine/clock-skew.ts'
import { createServerClock } from '../../src/engine/server-clock.ts'
import { failed, ok, skipped, warning, type Check } from './check.ts'
import { withDatabase } from './needs.ts'

/** Whether the clock of this machine is that of the database server. */
export const clock: Check = {
  name: 'clock',
  run: withDatabase(async (database, { machine }) => {
    if (!database.dialect.isShared) return skipped('A file on this machine has no other clock.')
    const serverClock = await createServerClock(database, { clock: machine.clock })
    serverClock.stop()
    const skewMs = serverClock.skewMs()
    const mend = `${skewSentence(skewMs)} Correct it, by NTP for instance.`
    if (Math.abs(skewMs) > MAX_SKEW_MS) return failed(`${mend} Until then it is not ready.`)
    if (Math.abs(skewMs) > WARNED_SKEW_MS) return warning(mend)
    return ok('The clock of this machine is that of the database, to within 5 s.')
  })
}
