import { setTimeout as delay } from 'node:timers/promises'
import { t as file } from 'tap'
import { testOnDatabases } from '../helpers/on-databases.ts'
import { seededRandoms } from '../helpers/seed.ts'
import { administer, createDatabaseUrl, type ServerKind } from '../helpers/server-databases.ts'
import { createStormGround } from '../helpers/storm.ts'

file.setTimeout(600_000)

/** Ends every connection to one database, and to no other of the same server. @returns how many */
async function endConnections(kind: ServerKind, databaseUrl: string): Promise<number> {
  const name = new URL(databaseUrl).pathname.slice(1)
  if (kind === 'postgres') {
    const rows = await administer(
      kind,
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`
    )
    return rows.length
  }
  const rows = await administer(
    kind,
    `select id from information_schema.processlist where db = '${name}'`
  )
  const ids = (rows as { id: number }[]).map((row) => row.id)
  // One that has gone by itself meanwhile is no less gone.
  await Promise.allSettled(ids.map((id) => administer(kind, `kill ${id}`)))
  return ids.length
}

testOnDatabases(
  'connections that all end every half second cost no record, no run and no process',
  ['postgres', 'mysql'],
  async (t, kind) => {
    const databaseUrl = await createDatabaseUrl(t, kind)
    const { fleet, sink, startStorm } = await createStormGround(t, { databaseUrl, replicas: 3 })
    for (const random of seededRandoms(t)) {
      const storm = await startStorm(random, { jobs: 60 })
      let ended = 0
      while (storm.blows()) {
        ended += await endConnections(kind, databaseUrl)
        await delay(500)
      }
      const { faults, runs } = await storm.settle()
      t.strictSame(faults, [], `${ended} connections ended, ${sink.requests.length} requests`)
      t.ok(ended > 0)
      t.ok(
        runs.some((run) => run.state === 'succeeded'),
        'work was done'
      )
    }
    t.strictSame(fleet.surprises(), [], 'no process ended')
  }
)
