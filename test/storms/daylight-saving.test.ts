import { t as file, test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { createFakeTime, noFaketime } from '../helpers/faketime.ts'
import { isOver, startService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const MINUTE = 60_000
const QUARTER = 15 * MINUTE

for (const { what, from, minutes, daily, at } of [
  // 02:30 is not there that day: it runs when the clocks have gone forward.
  {
    what: 'leaves an hour out',
    from: '2026-03-08T06:40:00Z',
    minutes: 80,
    daily: '30 2 * * *',
    at: '2026-03-08T07:00:00.000Z'
  },
  // 01:30 is there twice.
  {
    what: 'has an hour twice',
    from: '2026-11-01T05:20:00Z',
    minutes: 100,
    daily: '30 1 * * *',
    at: '2026-11-01T05:30:00.000Z'
  }
]) {
  test(
    `the whole service through a night of New York that ${what}: daily jobs once, quarters all`,
    { skip: noFaketime },
    async (t) => {
      const time = await createFakeTime(t)
      await time.set(Date.parse(from))
      const service = await startService(t, { env: { ...time.env, CARILLON_LEASE: '1h' } })
      const zone = { timezone: 'America/New_York', misfire: 'all' }
      const once = await service.createJob({ schedule: daily, ...zone })
      const quarters = await service.createJob({ schedule: '*/15 * * * *', ...zone })
      const begun = time.now()
      for (let minute = 0; minute < minutes; minute += 5) {
        await time.jump(5 * MINUTE)
        await until('what is due to be recorded', async () => {
          const jobs = (await service.request('GET /jobs')).body as Job[]
          return jobs.every((job) => Date.parse(job.next_run_at ?? '') > time.now())
        })
      }
      const [ofOnce, ofQuarters] = await until('the end of every run', async () => {
        const lists = await Promise.all([once, quarters].map(({ id }) => service.listRuns(id)))
        return lists.flat().every(isOver) ? lists : null
      })
      t.match(
        ofOnce?.map((run) => [run.state, run.scheduled_for]),
        [['succeeded', at]]
      )
      const instants = (ofQuarters ?? [])
        .map((run) => Date.parse(run.scheduled_for))
        .toSorted((a, b) => a - b)
      const first = Math.ceil(begun / QUARTER) * QUARTER
      t.strictSame(
        instants,
        Array.from({ length: instants.length }, (_, index) => first + index * QUARTER)
      )
      t.ok(instants.length >= Math.floor(minutes / 15) - 1, `${instants.length} quarters`)
      t.ok(ofQuarters?.every((run) => run.state === 'succeeded'))
    }
  )
}
