import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { t as file, type Test } from 'tap'
import type { Run } from '../../src/domain/run.ts'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { createDatabaseUrl, DATABASE_KINDS } from '../helpers/server-databases.ts'
import { createFolder, isOver, startService, type Service } from '../helpers/service.ts'
import { until } from '../helpers/until.ts'

file.setTimeout(600_000)

const PROGRAM = path.join(import.meta.dirname, '../helpers/handler-replica.ts')

interface Host {
  child: ChildProcess
  /** What it printed so far. */
  lines: string[]
  exited: Promise<unknown>
}

function startHost(t: Test, ...args: string[]): Host {
  const child = spawn('env', ['-u', 'NODE_OPTIONS', process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'ignore']
  })
  const exited = once(child, 'exit')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  return { child, lines, exited }
}

/**
 * Starts the host again whenever it has died, as a supervisor does, until `isEnough`.
 * @returns all of them, of which the last one may be alive
 */
async function keepAlive(t: Test, url: string, isEnough: () => Promise<boolean>): Promise<Host[]> {
  const hosts: Host[] = []
  await until(
    'the host to have its work done',
    async () => {
      const child = hosts.at(-1)?.child
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) {
        hosts.push(startHost(t, url))
      }
      return isEnough()
    },
    200_000
  )
  return hosts
}

async function end(host: Host | undefined): Promise<void> {
  host?.child.kill('SIGKILL')
  await host?.exited
}

async function runOf(service: Service, name: string, more = {}): Promise<number> {
  const target = { type: 'handler', name }
  const job = await service.createJob({ name, schedule: '@yearly', target, ...more })
  await service.request(`POST /jobs/${job.id}/run`)
  return job.id
}

const DEADLY = ['exits', 'throws later']
/** Ends its process only when its run is over. */
const LATE = 'rejects after its end'
const HARMLESS = ['good', LATE, 'takes a gigabyte']

testOnDatabases(
  'a handler that takes its process down is given up after three times, and the others go on',
  DATABASE_KINDS,
  async (t, kind) => {
    const url = await createDatabaseUrl(t, kind)
    const service = await startService(t, {
      env: { DATABASE_URL: url, CARILLON_AUTO_START: 'false', CARILLON_CACHE_JOBS: '0' }
    })
    const find = async (jobId: number): Promise<Run | undefined> =>
      (await service.listRuns(jobId))[0]
    // One after the other: what runs beside such a handler dies with it.
    for (const name of DEADLY) {
      const id = await runOf(service, name, { retry: { max_attempts: 5 } })
      const hosts = await keepAlive(t, url, async () => (await find(id))?.state === 'failed')
      t.ok(hosts.length >= 3, `${name}: ${hosts.length} starts`)
      await end(hosts.at(-1))
      const run = await find(id)
      t.match(run, { reason: 'crashed_repeatedly', error: { code: 'crashed_repeatedly' } })
      t.equal(run?.attempts.length, 3)
      t.ok(run?.attempts.every(({ outcome }) => outcome === 'crashed'))
    }
    for (const name of HARMLESS) {
      const id = await runOf(service, name)
      const hosts = await keepAlive(t, url, async () => (await find(id))?.state === 'succeeded')
      t.equal((await find(id))?.attempts.length, 1, name)
      // What the next one runs must not die with this one.
      if (name === LATE) t.strictSame(await hosts.at(-1)?.exited, [1, null], 'it dies of it later')
      else await end(hosts.at(-1))
    }
    const endless = await runOf(service, 'never ends', { timeout: '1s' })
    const good = await service.createJob({
      repeat_interval: '1s',
      target: { type: 'handler', name: 'good' }
    })
    await keepAlive(t, url, async () => {
      const run = await find(endless)
      return run !== undefined && isOver(run)
    })
    t.match(await find(endless), { state: 'failed', error: { code: 'timeout' } })
    t.ok((await service.listRuns(good.id)).some((run) => run.state === 'succeeded'))
  }
)

testOnDatabases(
  'a handler that blocks its process past the lease has its run taken over, its own result refused, and is named',
  DATABASE_KINDS,
  async (t, kind) => {
    const url = await createDatabaseUrl(t, kind)
    const service = await startService(t, {
      env: { DATABASE_URL: url, CARILLON_AUTO_START: 'false' }
    })
    const unblocked = path.join(await createFolder(t), 'unblocked')
    const blocked = startHost(t, url, '2s', unblocked)
    await until('the first host', async () => blocked.lines.includes('started'))
    const id = await runOf(service, 'blocks')
    await until('it to be blocked', async () => blocked.lines.includes('blocking'))
    startHost(t, url, '2s')
    const run = await until('the other to take over', async () => {
      const [found] = await service.listRuns(id)
      return found !== undefined && isOver(found) ? found : null
    })
    t.match(run, { state: 'succeeded', result: 'quick', fencing_token: 2 })
    t.match(run.attempts, [{ outcome: 'crashed' }, { outcome: 'succeeded' }])
    await writeFile(unblocked, '')
    await until('the first to hear of it', async () =>
      blocked.lines.some((line) => line === 'lease_lost' || line === 'result_refused')
    )
    t.strictSame((await service.listRuns(id))[0], run, 'its result changed nothing')
    const named = await until('the first to tell why it stood still', async () =>
      blocked.lines.find((line) => line.startsWith('stalled '))
    )
    t.equal(named, 'stalled [{"job_id":1,"job_name":"blocks","handler":"blocks"}]')
  }
)
