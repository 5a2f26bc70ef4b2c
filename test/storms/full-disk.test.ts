import { t as file, test } from 'tap'
import { findFaults } from '../helpers/checker/check.ts'
import { mountSmallDisk, noSmallDisk } from '../helpers/small-disk.ts'
import { failToStart, isOver, startService } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const FULL = 'The disk of the database is full.'

test(
  'a full disk: writes are refused with 507, reads go on, nothing starts without a record, and room mends it',
  { skip: noSmallDisk },
  async (t) => {
    const sink = await createSink(t)
    const disk = mountSmallDisk(t, '4m')
    const service = await startService(t, { folder: disk.folder })
    const job = await service.createJob({
      repeat_interval: '1s',
      target: { type: 'http', url: sink.url },
      overlap: 'allow'
    })
    await until('a first run', async () => (await service.listRuns(job.id)).some(isOver))

    await disk.fill()
    const refused = await until('a write that is refused', async () => {
      // What room there still is in the file itself must be used up, too.
      const answer = await service.request('POST /jobs', {
        name: 'filling',
        schedule: '@yearly',
        params: 'x'.repeat(50_000)
      })
      return answer.status === 201 ? null : answer
    })
    t.match(refused, { status: 507, body: { code: 'store_full', detail: /disk.*full/i } })
    t.equal((await service.request('GET /jobs?limit=1')).status, 200)
    t.equal((await service.request(`GET /jobs/${job.id}/runs?limit=1`)).status, 200)
    t.equal((await service.request('GET /livez')).status, 200)
    t.match(await service.request('GET /readyz'), { status: 503, body: { faults: [FULL] } })
    const metrics = await (await fetch(`${service.url}/metrics`)).text()
    t.match(metrics, /^scheduler_store_errors_total\{op="\w+"\} [1-9]/m)
    const held = await until('nothing to start any more', async () => {
      const before = sink.requests.length
      await new Promise((resolve) => setTimeout(resolve, 3_000))
      return sink.requests.length === before && { before }
    })

    await disk.clear()
    await until('it to be ready again', async () => {
      return (await service.request('GET /readyz')).status === 200
    })
    await until('runs to start again', async () => sink.requests.length > held.before)
    await service.request(`POST /jobs/${job.id}/pause`)
    const runs = await until('the end of every run', async () => {
      const all = await service.listRuns(job.id)
      return all.every(isOver) ? all : null
    })
    const owedUntil = Math.max(...runs.map((run) => Date.parse(run.to ?? run.scheduled_for)))
    const evidence = { jobs: [{ job, owedUntil }], runs, requests: sink.requests }
    t.strictSame(findFaults(evidence), [], 'every second has its record, every request a run')
  }
)

test(
  'a disk that may not be written to stops the start with one plain line',
  { skip: noSmallDisk },
  async (t) => {
    const disk = mountSmallDisk(t, '4m')
    const service = await startService(t, { folder: disk.folder })
    service.kill('SIGTERM')
    await service.exited
    disk.protect()
    const exit = await failToStart(t, { folder: disk.folder })
    t.equal(exit.code, 1)
    t.match(
      exit.stderr,
      /^carillon: [^\n]*carillon\.db [^\n]*\(SQLITE_(?:READONLY|CANTOPEN)\w*\)\.\n$/
    )
  }
)
