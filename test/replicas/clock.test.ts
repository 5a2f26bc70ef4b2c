import { t as file, test } from 'tap'
import { noFaketime, skewedBy } from '../helpers/faketime.ts'
import { createDatabaseUrl, DATABASE_NAMES, skipReasons } from '../helpers/server-databases.ts'
import { isOver, startService } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(180_000)

for (const kind of ['postgres', 'mysql'] as const) {
  const skip = skipReasons[kind] || noFaketime

  test(
    `a replica with a wrong clock runs by the clock of the database, and says how wrong its own is (${DATABASE_NAMES[kind]})`,
    { skip },
    async (t) => {
      const sink = await createSink(t)
      for (const [offsetS, isReady] of [
        [-10, true],
        [60, false],
        [-3_600, false]
      ] as const) {
        const service = await startService(t, {
          env: {
            DATABASE_URL: await createDatabaseUrl(t, kind),
            ...skewedBy(offsetS * 1_000)
          }
        })
        const start = Math.ceil(Date.now() / 1_000) * 1_000 + 1_000
        const job = await service.createJob({
          start_date: new Date(start).toISOString(),
          repeat_interval: '1s',
          target: { type: 'http', url: sink.url }
        })
        const runs = await until('two runs', async () => {
          const list = await service.listRuns(job.id)
          return list.filter(isOver).length >= 2 ? list.filter(isOver) : null
        })
        t.strictSame(
          runs.map((run) => Date.parse(run.scheduled_for)).toSorted((a, b) => a - b),
          runs.map((_run, index) => start + index * 1_000),
          `${offsetS} s off: every second by the clock of the database`
        )
        t.ok(
          sink.requests.every(
            ({ headers, arrivedAt }) =>
              arrivedAt >= Date.parse(String(headers['carillon-scheduled-for']))
          ),
          'none early'
        )
        const warning = await until('the warning', async () =>
          service.lines.find((line) =>
            String(line['msg']).startsWith('The clock of this machine is')
          )
        )
        t.match(
          warning['msg'],
          `${Math.abs(offsetS)} s ${offsetS > 0 ? 'ahead of' : 'behind'} that`
        )
        const ready = await service.request('GET /readyz')
        t.equal(ready.status, isReady ? 200 : 503)
        if (!isReady)
          t.match(ready.body, { faults: [/^The clock of this machine is .* Correct it\.$/] })
        service.kill('SIGKILL')
        await service.exited
      }
    }
  )
}

test('on a file the clock of this machine is the one there is', { skip: noFaketime }, async (t) => {
  const service = await startService(t, { env: skewedBy(-3_600_000) })
  t.equal((await service.request('GET /readyz')).status, 200)
  const job = await service.createJob({ repeat_interval: '1s' })
  const [run] = await until('a run', async () => {
    const runs = (await service.listRuns(job.id)).filter(isOver)
    return runs.length > 0 ? runs : null
  })
  t.ok(Date.parse(run?.scheduled_for ?? '') < Date.now() - 3_500_000)
})
