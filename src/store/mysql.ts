import { callbackify } from 'node:util'
import { Kysely, MysqlDialect, sql } from 'kysely'
import type { MysqlPool, MysqlPoolConnection } from 'kysely'
import type { Pool, PoolConnection, QueryError, QueryValues, RowDataPacket } from 'mysql2'
import { NO_FILE } from './data-file.ts'
import type { Database } from './db.ts'
import { mysqlDialect } from './mysql-dialect.ts'
import {
  abandoned,
  ANSWER_TIMEOUT_MS,
  CONNECT_TIMEOUT_MS,
  IDLE_TIMEOUT_MS,
  isConnectionFault,
  isUnlimited,
  LOCK_TIMEOUT_MS,
  STATEMENT_TIMEOUT_MS,
  throwUnavailable,
  unavailable
} from './server-connection.ts'
import { firstAnswer, importDriver, refuseOld, shownUrl, type ServerOptions } from './server.ts'
import type { Tables } from './tables.ts'

/** Longer than a pool keeps a connection, so that the server is not the first to close it. */
const WAIT_TIMEOUT_S = 60

/**
 * Opens a pool of connections to MySQL 8 or MariaDB 10.6 and newer. Every call has its deadline, on
 * the server and here, and a connection that is lost ends no more than what it was doing.
 * @throws CarillonError `store_unusable`
 */
export async function openMysql(url: string, options: ServerOptions): Promise<Database> {
  const { default: driver } = await importDriver('mysql2', () => import('mysql2'))
  const pool = driver.createPool({
    uri: url.replace(/^mariadb:/i, 'mysql:'),
    connectionLimit: options.poolSize,
    maxIdle: options.poolSize,
    idleTimeout: IDLE_TIMEOUT_MS,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableKeepAlive: true,
    charset: 'utf8mb4'
  })
  const query = new Kysely<Tables>({ dialect: new MysqlDialect({ pool: guardedPool(pool) }) })
  try {
    const warnings = await firstAnswer(url, options, () => checkServer(query))
    const close = () => query.destroy()
    const description = shownUrl(url)
    const shared = { dialect: mysqlDialect, notices: null, revision: null, ...NO_FILE }
    return { query, ...shared, description, warnings, close }
  } catch (error) {
    await query.destroy()
    throw error
  }
}

/** What Kysely is given: connections that are prepared, and thrown away when they are broken. */
function guardedPool(pool: Pool): MysqlPool {
  const known = new WeakMap<PoolConnection, MysqlPoolConnection>()
  const connect = async (): Promise<MysqlPoolConnection> => {
    const connection = await take(pool)
    let guarded = known.get(connection)
    if (guarded === undefined) {
      guarded = guard(connection)
      await prepareSession(connection).catch((error: unknown) => {
        connection.destroy()
        throw error
      })
      known.set(connection, guarded)
    }
    return guarded
  }
  return {
    end: (callback) => pool.end(callback),
    getConnection: callbackify(() => connect().catch(throwUnavailable))
  }
}

function take(pool: Pool): Promise<PoolConnection> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error, connection) => {
      if (error) reject(error)
      else resolve(connection)
    })
  })
}

/**
 * What the statements rely on, whatever the server's defaults: values are escaped with backslashes
 * and never cut, each statement sees what is committed, and nothing waits for ever. It belongs to making
 * a connection, and has the same deadline: whoever waits for one waits for this, too.
 */
async function prepareSession(connection: PoolConnection): Promise<void> {
  const ask = (text: string) =>
    connection.promise().query<RowDataPacket[]>({ sql: text, timeout: CONNECT_TIMEOUT_MS })
  const [rows] = await ask('select version() as version')
  // Long lists of ids are looked up as they are; MariaDB would make a table of them first.
  const own = isMariaDb(String(rows[0]?.['version']))
    ? `max_statement_time = ${STATEMENT_TIMEOUT_MS / 1_000}, in_predicate_conversion_threshold = 0`
    : `max_execution_time = ${STATEMENT_TIMEOUT_MS}`
  await ask('set session transaction isolation level read committed')
  await ask(
    `set session sql_mode = 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
      innodb_lock_wait_timeout = ${LOCK_TIMEOUT_MS / 1_000}, wait_timeout = ${WAIT_TIMEOUT_S}, ${own}`
  )
}

function isMariaDb(version: string): boolean {
  return version.toLowerCase().includes('mariadb')
}

/**
 * A connection that gave no answer in time, or was lost, is asked nothing more, as it would be asked to
 * roll back, and not given back to the pool: the driver would wait for the first answer without an end.
 */
function guard(connection: PoolConnection): MysqlPoolConnection {
  let isBroken = false
  const query = (
    text: string,
    values: QueryValues,
    callback: (error: unknown, result: unknown) => void
  ) => {
    if (isBroken) return callback(abandoned(), null)
    const limit = isUnlimited(text) ? {} : { timeout: ANSWER_TIMEOUT_MS }
    return connection.query({ sql: text, values, ...limit }, (error: QueryError | null, result) => {
      isBroken ||= error !== null && isConnectionFault(error)
      callback(error === null ? null : unavailable(error), result)
    })
  }
  const release = (): void => {
    if (isBroken) connection.destroy()
    else connection.release()
  }
  return Object.assign(Object.create(connection), { query, release })
}

async function checkServer(query: Kysely<Tables>): Promise<string[]> {
  const { rows } = await sql<{ version: string; flush: number | string }>`
    select version() as version, @@innodb_flush_log_at_trx_commit as flush
  `.execute(query)
  const [server] = rows
  if (server === undefined) return []
  const [major = 0, minor = 0] = server.version.split('.').map((part) => Number.parseInt(part, 10))
  const isMaria = isMariaDb(server.version)
  refuseOld(isMaria ? `MariaDB ${server.version}` : `MySQL ${server.version}`, {
    isOld: isMaria ? major < 10 || (major === 10 && minor < 6) : major < 8,
    needed: 'MySQL 8, MariaDB 10.6, or newer'
  })
  if (String(server.flush) === '1') return []
  return [
    `innodb_flush_log_at_trx_commit is ${server.flush} on the server: a power cut may lose what was acknowledged.`
  ]
}
