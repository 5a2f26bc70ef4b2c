import { t as file, test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import { startService } from '../helpers/service.ts'

file.setTimeout(300_000)

const JOBS = [
  { schedule: '30 2 * * *' },
  { schedule: '@daily' },
  { schedule: '0 9 * * 1-5', timezone: 'Europe/Paris' },
  { schedule: '30 2 * * *', timezone: 'America/New_York' },
  { start_date: '2030-03-10T00:00:00Z', repeat_interval: '1d' },
  { start_date: '2030-03-10T06:30:00-05:00', repeat_interval: '12h' }
]

test('the time zone of the machine changes nothing: the same jobs are due at the same instants', async (t) => {
  const plans: unknown[] = []
  for (const zone of ['America/New_York', 'Asia/Kolkata', undefined]) {
    const service = await startService(t, { env: zone === undefined ? {} : { TZ: zone } })
    const jobs: Job[] = []
    for (const job of JOBS) jobs.push(await service.createJob(job))
    const from = '2030-03-09T00:00:00Z'
    const next = await Promise.all(
      JOBS.map(async (job) => {
        const { status, body } = await service.request('POST /schedules/preview', {
          ...job,
          from,
          count: 50
        })
        t.equal(status, 200)
        return body
      })
    )
    plans.push({ next, due: jobs.map((job) => job.next_run_at) })
    service.kill('SIGKILL')
    await service.exited
  }
  t.strictSame(plans[1], plans[0], 'Kolkata as New York')
  t.strictSame(plans[2], plans[0], 'no zone as New York')
})
