import { t as file, type Test } from 'tap'
import type { Job } from '../../src/domain/job.ts'
import type { Run } from '../../src/domain/run.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { startReplica, type Replica } from '../helpers/replicas.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { until } from '../helpers/until.ts'

/** Databases are made and migrated, for each test anew. */
file.setTimeout(300_000)

/** Registers a test for each database, with the URL of a new one. */
function together(promise: string, work: (t: Test, url: string) => Promise<void>): void {
  testOnDatabases(promise, DATABASE_KINDS, async (t, kind) =>
    work(t, await createDatabaseUrl(t, kind))
  )
}

const onlyApi = { autoStart: false }

async function createJob(replica: Replica, input: object): Promise<Job> {
  const { status, body } = await replica.request('POST /jobs', { name: 'job', ...input })
  if (status !== 201) throw new Error(JSON.stringify(body))
  return body as Job
}

async function getJob(replica: Replica, id: number): Promise<Job> {
  return (await replica.request(`GET /jobs/${id}`)).body as Job
}

/** A handler that goes on until it is told to stop. */
function createPatient() {
  const reasons: unknown[] = []
  const handler = ({ signal }: { signal: AbortSignal }): Promise<never> =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        reasons.push(signal.reason)
        reject(signal.reason)
      })
    })
  return { reasons, handlers: { patient: handler } }
}

const patientJob = { schedule: '@yearly', target: { type: 'handler', name: 'patient' } }

together('a job changed on one replica is read on the other within two seconds', async (t, url) => {
  const one = await startReplica(t, { database: url, ...onlyApi })
  const other = await startReplica(t, { database: url, ...onlyApi })
  const { id } = await createJob(one, { schedule: '@yearly' })
  t.equal((await getJob(other, id)).name, 'job')
  await one.request('GET /jobs')
  for (const name of ['first', 'second', 'third']) {
    await one.request(`PATCH /jobs/${id}`, { name })
    t.equal((await getJob(one, id)).name, name, 'its own write at once')
    await until(`the name ${name}`, async () => (await getJob(other, id)).name === name)
    const { body } = await other.request('GET /jobs')
    t.match(body, [{ name }])
  }
  await one.request(`DELETE /jobs/${id}`)
  await until('the end', async () => (await other.request(`GET /jobs/${id}`)).status === 404)
})

together('what one replica moves, the other shows', async (t, url) => {
  const runner = await startReplica(t, { database: url })
  const api = await startReplica(t, { database: url, ...onlyApi })
  const { id } = await createJob(api, { repeat_interval: '1s' })
  for (const count of [1, 2]) {
    await until(`run ${count}`, async () => (await getJob(api, id)).scheduled_runs >= count)
  }
  t.match(await until('success', async () => (await getJob(api, id)).last_outcome), 'succeeded')
  t.equal(runner.app.scheduler.status().state, 'running')
  t.equal(api.app.scheduler.status().state, 'idle')
})

together('cancelling through another replica stops the run, with its reason', async (t, url) => {
  const { reasons, handlers } = createPatient()
  const runner = await startReplica(t, { database: url, handlers })
  const api = await startReplica(t, { database: url, ...onlyApi })
  const job = await createJob(runner, patientJob)
  const runs: Run[] = []
  for (const overlap of ['skip', 'allow']) {
    const { body } = await runner.request(`POST /jobs/${job.id}/run`, { overlap })
    runs.push(body as Run)
  }
  const stateOf = async (index: number): Promise<Run> =>
    (await api.request(`GET /runs/${runs[index]?.id}`)).body as Run
  await until('both to run', async () => (await getJob(api, job.id)).running === 2)
  const { status } = await api.request(`POST /runs/${runs[0]?.id}/cancel`)
  t.equal(status, 202)
  await until('the end of the first', async () => (await stateOf(0)).state === 'cancelled')
  t.equal((await stateOf(1)).state, 'running', 'the other one goes on')
  t.equal((await api.request(`DELETE /jobs/${job.id}`)).status, 204)
  await until('the end of the second', async () => (await stateOf(1)).state === 'cancelled')
  t.equal((await stateOf(1)).reason, 'job_deleted')
  t.equal(reasons.length, 2)
})

together('a run is left for the replica that has its handler', async (t, url) => {
  const without = await startReplica(t, { database: url })
  const job = await createJob(without, {
    schedule: '@yearly',
    target: { type: 'handler', name: 'rare' }
  })
  await without.request(`POST /jobs/${job.id}/run`)
  const calls: number[] = []
  const rare = async ({ run }: { run: { id: number } }): Promise<string> => {
    calls.push(run.id)
    return 'done'
  }
  t.match((await without.request('GET /runs')).body, [{ state: 'pending', reason: 'no_handler' }])
  const having = await startReplica(t, { database: url, handlers: { rare } })
  const done = await until('the run', async () => {
    const { body } = await without.request('GET /runs?state=succeeded')
    return (body as Run[])[0]
  })
  t.match(done, { result: 'done', attempt: 1 })
  t.equal(calls.length, 1)
  await without.request(`POST /jobs/${job.id}/run`)
  await until('a second one', async () => calls.length === 2)
  await having.close()
})

together('a job that an API-only replica creates is run by the others in time', async (t, url) => {
  const runner = await startReplica(t, { database: url })
  const api = await startReplica(t, { database: url, ...onlyApi })
  const start = new Date(Date.now() + 300).toISOString()
  const { id } = await createJob(api, { start_date: start })
  await until('its end', async () => (await getJob(runner, id)).last_outcome === 'succeeded')
  const { body } = await api.request(`GET /jobs/${id}/runs`)
  const [run] = body as Run[]
  t.ok((run?.lateness_ms ?? -1) >= 0, 'not early')
  t.equal((await api.request('GET /readyz')).status, 200)
})

together('metrics of a job that another replica deleted go away', async (t, url) => {
  const one = await startReplica(t, { database: url, ...onlyApi })
  const other = await startReplica(t, { database: url, ...onlyApi })
  const { id } = await createJob(one, { schedule: '@yearly' })
  const series = `scheduler_successes{job_id="${id}"} 0`
  const scrape = () => other.app.scrape.text()
  t.match(await scrape(), series)
  await one.request(`DELETE /jobs/${id}`)
  await scrape()
  await scrape()
  t.notMatch(await scrape(), series)
})
