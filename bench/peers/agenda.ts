import { Pool } from 'pg'
import { importPeer } from './import-peer.ts'
import { inBatches, QUEUE, type PeerQueue } from './peer.ts'

/** The little of Agenda that the bench calls: it is installed only where it is measured. */
export interface Agenda {
  readonly ready: Promise<void>
  define(name: string, work: () => Promise<void>): void
  create(name: string): { schedule(at: Date): { save(): Promise<unknown> } }
  start(): Promise<void>
  stop(): Promise<void>
}

interface AgendaModule {
  Agenda: new (options: Readonly<Record<string, unknown>>) => Agenda
}

interface PostgresModule {
  PostgresBackend: new (options: { pool: Pool }) => object
}

/**
 * As short an interval as makes sense for jobs of a second, as jobs are locked that long ahead, and as many
 * at a time as its handlers could take, as the others are given.
 */
const OPTIONS = { processEvery: 1_000, defaultConcurrency: 200, maxConcurrency: 200 }

/** Creates its tables where there are none. */
export async function connectAgenda(pool: Pool): Promise<Agenda> {
  const { Agenda } = await importPeer<AgendaModule>('agenda/dist/index.js')
  const { PostgresBackend } = await importPeer<PostgresModule>(
    '@agendajs/postgres-backend/dist/index.js'
  )
  const agenda = new Agenda({ backend: new PostgresBackend({ pool }), ...OPTIONS })
  await agenda.ready
  return agenda
}

/** It has no call that makes many: each is a statement of its own, as many at once as there are connections. */
export async function openAgenda(url: string): Promise<PeerQueue> {
  const pool = new Pool({ connectionString: url })
  const agenda = await connectAgenda(pool)
  return {
    make: (count, at) =>
      inBatches(count, (length) =>
        Promise.all(
          Array.from({ length }, () => agenda.create(QUEUE).schedule(new Date(at)).save())
        )
      ),
    countDone: async () => {
      const { rows } = await pool.query<{ count: number }>(
        'select count(*)::int as count from agenda_jobs where last_finished_at is not null'
      )
      return rows[0]?.count ?? 0
    },
    close: () => pool.end()
  }
}
