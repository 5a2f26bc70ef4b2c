import { stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { t as file, test } from 'tap'
import { openDatabase } from '../../src/store/open.ts'
import { plantJobs } from '../helpers/planted-jobs.ts'
import { createFolder, startService } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(900_000)

/** Records of runs; `STORM_ROWS=1000000` is meant for the night. */
const ROWS = Number(process.env['STORM_ROWS'] ?? 100_000)
const BATCH = 500
const HOUR = 3_600_000
const KEPT = 1_000

test('a history far past retention goes while the API answers, and its room is used again', async (t) => {
  const folder = await createFolder(t)
  const url = `sqlite:${path.join(folder, 'carillon.db')}`
  const jobs = await plantJobs(
    url,
    Array.from({ length: 10 }, () => ({
      input: { name: 'old', schedule: '@yearly' },
      nextRunAt: Date.now() + HOUR
    }))
  )
  const database = await openDatabase(url)
  const ended = Date.now() - HOUR
  const add = async (first: number, count: number): Promise<void> => {
    for (let index = first; index < first + count; index += BATCH) {
      const rows = Array.from({ length: BATCH }, (_, offset) => ({
        job_id: jobs[(index + offset) % jobs.length] ?? 0,
        job_version: 1,
        seq: 0,
        cause: 'schedule' as const,
        state: 'succeeded' as const,
        attempt: 1,
        scheduled_for: ended + index + offset,
        occurrences: 1,
        queued_at: ended,
        finished_at: ended
      }))
      await database.query.insertInto('carillon_runs').values(rows).execute()
    }
  }
  const count = async (): Promise<number> => {
    const { rows } = await database.query
      .selectFrom('carillon_runs')
      .select((select) => select.fn.countAll<number>().as('rows'))
      .executeTakeFirstOrThrow()
    return rows
  }
  await add(0, ROWS)
  t.equal(await count(), ROWS)

  const prune = async (): Promise<void> => {
    const service = await startService(t, { folder })
    const times: number[] = []
    await until(
      'the rest to be what is kept',
      async () => {
        const asked = performance.now()
        const { status } = await service.request('GET /jobs?limit=10')
        times.push(performance.now() - asked)
        if (status !== 200) t.fail(`The API answered ${status}.`)
        return (await count()) <= KEPT * jobs.length
      },
      600_000
    )
    const slowest = Math.max(...times)
    t.comment(`${times.length} answers meanwhile, the slowest after ${Math.round(slowest)} ms`)
    for (const id of jobs) t.equal((await service.listRuns(id)).length, KEPT)
    service.kill('SIGTERM')
    await service.exited
  }
  await prune()

  const sizeOf = async (): Promise<number> => (await stat(path.join(folder, 'carillon.db'))).size
  const before = await sizeOf()
  await add(ROWS, ROWS / 2)
  await prune()
  t.ok((await sizeOf()) <= before * 1.05, `${before} bytes before, ${await sizeOf()} after`)
  await database.close()
})
