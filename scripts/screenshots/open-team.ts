import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import app from '../../app.ts'
import { createClient, type Client } from '../../client.ts'
import { openScheduler } from '../../core.ts'
import { parseConfig } from '../../src/config.ts'
import { createManualClock } from '../../testing.ts'
import { Answering } from './answering.ts'
import { createBehaviour, live, NOW, START } from './team-life.ts'

/** A service that has been running the jobs of a team for a while. */
export interface Team {
  /** Where it answers, without a slash at the end. */
  url: string
  /** Ids of a job that fails, of one that does not, and of a run that failed. */
  failing: number
  healthy: number
  failedRun: number
  close(): Promise<void>
}

/** Nobody else writes, and time goes by in leaps. */
const ALONE = { pollMs: 86_400_000, heartbeat: '100d', lease: '365d' }

/** Lets the jobs live in this database, and serves them as they are at that moment. */
export async function openTeam(database: string): Promise<Team> {
  const clock = createManualClock({ start: START, gatherMs: 5 })
  const behaviour = createBehaviour(clock)
  const { handlers } = behaviour
  const dispatcher = new Answering(clock, behaviour.answer)
  const past = await openScheduler({ database, ...ALONE, clock, dispatcher, handlers })
  await live(past, clock)
  const closed = past.close({ graceMs: 0 })
  await clock.advance('1s')
  await closed

  const server = Fastify({ forceCloseConnections: true })
  const config = parseConfig({ database })
  await app(server, { config, clock, dispatcher, handlers, isService: true })
  await server.listen({ port: 0, host: '127.0.0.1' })
  const url = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`
  const client = createClient({ url })
  const failing = await idOf(client, 'Sync stock')
  await client.run(await idOf(client, 'Rebuild sitemap'))
  // What is counted is counted while somebody listens.
  const listening = new AbortController()
  await fetch(`${url}/events?topics=stats`, { signal: listening.signal })
  await clock.advance(NOW - clock.now())
  const { items: failed } = await client.listJobRuns(failing, { state: 'failed', limit: 1 }).page()
  return {
    url,
    failing,
    healthy: await idOf(client, 'Escalate'),
    failedRun: failed[0]?.id ?? 0,
    close: async () => {
      listening.abort()
      const ended = server.close()
      await clock.advance('60s')
      await ended
    }
  }
}

async function idOf(client: Client, name: string): Promise<number> {
  const { items } = await client.listJobs({ q: name }).page()
  const [job] = items
  if (job === undefined) throw new Error(`The team has no job "${name}".`)
  return job.id
}
