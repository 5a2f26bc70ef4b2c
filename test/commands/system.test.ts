import { t as file, test } from 'tap'
import { factsOf, replicaColumns } from '../../commands/system/columns.ts'
import { renderTable } from '../../commands/table.ts'
import type { System } from '../../src/domain/system.ts'
import { runCommand } from '../helpers/command.ts'
import { createTestScheduler } from '../helpers/scheduler.ts'
import { createFolder, startService } from '../helpers/service.ts'

file.setTimeout(300_000)

test('a service is shown, paused, resumed and pruned from the command line', async (t) => {
  const folder = await createFolder(t)
  const { url } = await startService(t, { folder, env: { CARILLON_MAX_CONCURRENT_RUNS: '9' } })
  const carillon = async (...flags: string[]) => {
    const env = { CARILLON_URL: url }
    const { code, stdout, stderr } = await runCommand(t, { folder, flags, env })
    return { code, stderr, out: stdout === '' ? null : JSON.parse(stdout) }
  }
  t.match(await carillon('system', 'pause', '--reason', 'a move'), {
    code: 0,
    out: { state: 'paused', reason: 'a move' }
  })
  const { out } = await carillon('system')
  t.match(out, { scheduling: { state: 'paused' }, replicas: [{ this: true, slots: 9 }] })
  const { config }: System = out
  const sources = Object.fromEntries(config.map(({ name, source }) => [name, source]))
  t.match(sources, { maxConcurrentRuns: 'CARILLON_MAX_CONCURRENT_RUNS', lease: 'default' })
  t.match(await carillon('system', 'resume'), { code: 0, out: { state: 'running' } })
  t.match(await carillon('system', 'prune'), { code: 0, out: { runs: 0, more: false } })
  t.match(await carillon('system', 'stop'), { code: 2, stderr: /stop/ })
})

test('on a terminal it is told in a few lines', async (t) => {
  const { scheduler, clock } = await createTestScheduler(t)
  const { id } = await scheduler.createJob({ name: 'a', repeat_interval: '5s' })
  await scheduler.pauseScheduling({ reason: 'a move' }, { actor: 'ann', address: null })
  await scheduler.run(id)
  await clock.advance(12_000)
  const told = await scheduler.system()
  const facts = Object.fromEntries(factsOf(told))
  t.match(facts, {
    scheduling: 'paused by ann: a move',
    store: /^SQLite 3[\d.]+, \d+\.\d MiB, answers in [\d.]+ ms$/,
    running: '0',
    pending: '1',
    due: '2, for 12s',
    cache: 'none',
    retention: '7d, 1000 runs of a job'
  })
  t.match(
    renderTable(replicaColumns(clock.now()), told.replicas, 200),
    /^REPLICA +STATE +NAME +RUNNING +VERSION +STARTED +LOOKED\n1 +live +test +0 of 100 +0\.0\.0 +12 s ago +(?:in 0 s|\d s ago)\n$/
  )
  const cache = { size: 1, max: 9, hits: 3, misses: 1, hit_rate: 0.75 }
  await scheduler.resumeScheduling()
  const going = { ...(await scheduler.system()), cache }
  t.match(Object.fromEntries(factsOf(going)), {
    scheduling: 'running',
    cache: '1 of 9 jobs, 75 % hits'
  })
})
