import { Kysely, PostgresDialect, sql, type PostgresPoolClient } from 'kysely'
import type pg from 'pg'
import { NO_FILE } from './data-file.ts'
import type { Database } from './db.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { createPostgresNotices } from './postgres-notices.ts'
import {
  abandoned,
  ANSWER_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  IDLE_TRANSACTION_TIMEOUT_MS,
  isConnectionFault,
  isUnlimited,
  LOCK_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  throwUnavailable,
  unavailable
} from './server-connection.ts'
import { firstAnswer, importDriver, refuseOld, shownUrl, type ServerOptions } from './server.ts'
import type { Tables } from './tables.ts'

const OLDEST = 140_000

/**
 * Every statement has an index to find its rows by. The planner would often rather read whole tables:
 * what is due and what runs changes within milliseconds, and its statistics are minutes old. With
 * these, recording and settling costs the server about half.
 */
const STEADY_PLANS = `
  set enable_seqscan = off; set enable_bitmapscan = off;
  set enable_hashjoin = off; set enable_mergejoin = off; set jit = off
`

/**
 * Opens a pool of connections to PostgreSQL 14 or newer. Every call has its deadline, on the server
 * and here, and a connection that is lost ends no more than what it was doing.
 * @throws CarillonError `store_unusable`
 */
export async function openPostgres(url: string, options: ServerOptions): Promise<Database> {
  const { default: driver } = await importDriver('pg', () => import('pg'))
  const settings: pg.PoolConfig = {
    connectionString: url,
    application_name: 'carillon',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    // Instants and ids are far below 2^53.
    types: {
      getTypeParser: (oid, format) =>
        oid === driver.types.builtins.INT8 ? Number : driver.types.getTypeParser(oid, format)
    }
  }
  const pool = new driver.Pool({
    ...settings,
    max: options.poolSize,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_TIMEOUT_MS
  })
  // A connection lost while nobody used it: the pool has let go of it, and without a listener the
  // process would end.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => {
    client.on('error', () => undefined)
    // Comes before whatever the connection is taken for; if it is lost, that fails.
    client.query(STEADY_PLANS).catch(() => undefined)
  })
  const query = new Kysely<Tables>({
    dialect: new PostgresDialect({
      pool: {
        options: pool.options,
        connect: async () => guarded(await pool.connect().catch(throwUnavailable)),
        end: () => pool.end()
      }
    })
  })
  try {
    const warnings = await firstAnswer(url, options, () => checkServer(query))
    const notices = createPostgresNotices(query, () => new driver.Client(settings))
    const close = () => query.destroy()
    const shared = {
      dialect: postgresDialect,
      description: shownUrl(url),
      revision: null,
      ...NO_FILE
    }
    return { query, ...shared, warnings, notices, close }
  } catch (error) {
    await query.destroy()
    throw error
  }
}

/**
 * A connection that gave no answer in time, or was lost, is asked nothing more, as it would be asked to
 * roll back, and thrown away instead of used again.
 */
function guarded(client: pg.PoolClient): PostgresPoolClient {
  let isBroken = false
  const query = async (text: string, values: readonly unknown[]) => {
    if (isBroken) throw abandoned()
    try {
      const limit = isUnlimited(text) ? {} : { query_timeout: ANSWER_TIMEOUT_MS }
      return await client.query({ text, values: [...values], ...limit })
    } catch (error) {
      isBroken ||= isConnectionFault(error)
      throw unavailable(error)
    }
  }
  return Object.assign(Object.create(client), {
    query,
    release: (discard?: boolean) => client.release(discard === true || isBroken)
  })
}

async function checkServer(query: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ version: string; number: number; fsync: string; commit: string }>`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int as number,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as commit
  `.execute(query)
  const [server] = rows
  if (server === undefined) return []
  const isOld = server.number < OLDEST
  refuseOld(`PostgreSQL ${server.version}`, { isOld, needed: 'PostgreSQL 14 or newer' })
  const loses = 'a power cut may lose what was acknowledged'
  return [
    ...(server.fsync === 'on' ? [] : [`fsync is "${server.fsync}" on PostgreSQL: ${loses}.`]),
    ...(server.commit === 'off' ? [`synchronous_commit is "off" on PostgreSQL: ${loses}.`] : [])
  ]
}
