import { randomBytes } from 'node:crypto'
import { t as file } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { findFaults } from '../helpers/checker/check.ts'
import { dieAt, FAIL_POINTS } from '../helpers/fail-points.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { startService } from '../helpers/service.ts'
import { createSink } from '../helpers/sink.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(300_000)

const SIGNING_SECRET = `whsec_${randomBytes(32).toString('base64')}`

for (const point of FAIL_POINTS) {
  testOnDatabases(
    `a process that dies ${point.replace('_', ' the ')} has its run started again, by the same id and a higher token`,
    DATABASE_KINDS,
    async (t, kind) => {
      const sink = await createSink(t)
      const databaseUrl = await createDatabaseUrl(t, kind)
      const secretKey = randomBytes(32).toString('base64')
      const env = { DATABASE_URL: databaseUrl, CARILLON_SECRET_KEY: secretKey }
      const api = await startService(t, { env: { ...env, CARILLON_AUTO_START: 'false' } })
      const target = { type: 'http', url: sink.url, secret: SIGNING_SECRET }
      const job = await api.createJob({ schedule: '@yearly', target })
      await api.request(`POST /jobs/${job.id}/run`)
      t.equal(await dieAt(point, { databaseUrl, secretKey }), point)
      const sentBefore = sink.requests.length
      t.equal(sentBefore, point === 'after_claim' ? 0 : 1)
      const [torn] = await api.listRuns(job.id)
      t.match(torn, { state: 'running', attempt: 1, attempts: [] }, 'its result is not there')

      await startService(t, { env })
      const run = await until('the end of the run', async () => {
        const [found] = await api.listRuns(job.id)
        return found?.state === 'succeeded' ? (found satisfies Run) : null
      })
      t.match(run.attempts, [{ outcome: 'crashed' }, { attempt: 2, outcome: 'succeeded' }])
      const sent = sink.requests.map(({ headers }) => [
        headers['webhook-id'],
        headers['idempotency-key'],
        headers['carillon-fencing-token']
      ])
      const id = String(run.id)
      const first = sentBefore === 0 ? [] : [[id, id, '1']]
      t.strictSame(sent, [...first, [id, id, '2']], 'a receiver can tell that it is the same run')
      const evidence = { jobs: [{ job, owedUntil: 0 }], runs: [run], requests: sink.requests }
      t.strictSame(findFaults(evidence), [])
    }
  )
}
