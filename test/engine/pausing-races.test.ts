/** A pause is acknowledged only when whatever had begun to start something has come to its end. */
import type { Scheduler } from '../../src/scheduler.ts'
import type { Db } from '../../src/store/db.ts'
import { findPause } from '../../src/store/pause.ts'
import { holdAnswers } from '../helpers/held-answers.ts'
import { createManualClock } from '../helpers/manual-clock.ts'
import { testOnServers } from '../helpers/on-every-database.ts'
import { addRuns, newRun, runColumns } from '../helpers/rows.ts'
import { createTestDatabases, createTestScheduler } from '../helpers/scheduler.ts'
import { until } from '../helpers/until.ts'

const START = Date.parse('2026-01-01T00:00:00Z')
/** Far more than an acknowledgement takes that waits for nobody. */
const QUESTIONS = 50

interface Way {
  /** The statement after which it is certain that it will start. */
  kind: RegExp
  begin(scheduler: Scheduler, parts: { db: Db; jobId: number }): Promise<unknown>
}

const WAYS: Readonly<Record<string, Way>> = {
  'an occurrence that is recorded': {
    kind: /from carillon_jobs where priority .*skip locked/,
    begin: async (scheduler) => {
      await scheduler.createJob({ name: 'due', start_date: '2026-01-01T00:00:00.001Z' })
    }
  },
  'a run that is claimed': {
    kind: /select id from carillon_runs where priority .*skip locked/,
    begin: async (scheduler, { db, jobId }) => {
      await addRuns(db, [newRun(jobId, { scheduledFor: 1 })])
      scheduler.events.emit('notice_received', { jobs: null, wake: true, cancel: false })
    }
  },
  'a run by hand': {
    kind: /select value from carillon_settings .*pause/,
    begin: (scheduler, { jobId }) => scheduler.run(jobId)
  }
}

for (const [what, { kind, begin }] of Object.entries(WAYS)) {
  testOnServers(`${what} while all is paused is there before the answer`, async (t) => {
    const [first, other = first] = await createTestDatabases(t, 2)
    const hold = holdAnswers(first, kind)
    const clock = createManualClock(START)
    const { scheduler } = await createTestScheduler(t, { db: hold.database, clock })
    const elsewhere = await createTestScheduler(t, { db: other, clock, start: false })
    const { id: jobId } = await elsewhere.scheduler.createJob({ name: 'a', schedule: '@yearly' })

    hold.arm()
    const begun = begin(scheduler, { db: other, jobId })
    const moving = clock.advance(10)
    await hold.reached
    let atAnswer: unknown = 'no answer yet'
    const pause = async (): Promise<void> => {
      await elsewhere.scheduler.pauseScheduling()
      atAnswer = await runColumns(other, 'state')
    }
    const pausing = pause()
    await until('the pause is committed', () => findPause(other))
    for (let asked = 0; asked < QUESTIONS; asked++) await findPause(other)
    t.equal(atAnswer, 'no answer yet')
    hold.release()
    await Promise.all([begun, moving, pausing])
    t.match(atAnswer, [{ state: /running|succeeded/ }])
  })
}
