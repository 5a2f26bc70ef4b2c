import { setTimeout as pause } from 'node:timers/promises'
import { CarillonError, messageOf } from '../domain/errors.ts'
import { codeOf } from './dialect.ts'
import { isConnectionFault } from './server-connection.ts'

/** How a database server is reached. */
export interface ServerOptions {
  /** Connections that this process opens at most. */
  poolSize: number
  /** How often a server that is not there yet is tried at start, every half second. */
  startTries?: number
}

const START_TRIES = 20
const START_PAUSE_MS = 500

/** The part of a URL that people may see. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url)
  return `${protocol}//${host}${pathname}`
}

/**
 * The driver of a kind of server, which is installed only where it is used.
 * @throws CarillonError `store_unusable`, saying what to install
 */
export async function importDriver<Driver>(
  name: 'pg' | 'mysql2',
  load: () => Promise<Driver>
): Promise<Driver> {
  try {
    return await load()
  } catch (cause) {
    const message = `DATABASE_URL names a server whose driver is not installed; run "npm install ${name}".`
    throw new CarillonError('store_unusable', message, { cause })
  }
}

/** What to mend when a server refuses us; each code is of PostgreSQL, MySQL or the network. */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'refuses the password; check user and password in DATABASE_URL',
  '28000': 'refuses the user; check user and password in DATABASE_URL',
  '3D000': 'has no such database; create it, or choose another one in DATABASE_URL',
  ER_ACCESS_DENIED_ERROR: 'refuses the user; check user and password in DATABASE_URL',
  ER_DBACCESS_DENIED_ERROR: 'refuses the user this database; check its rights',
  ER_BAD_DB_ERROR: 'has no such database; create it, or choose another one in DATABASE_URL',
  ENOTFOUND: 'cannot be found; check the host in DATABASE_URL'
}

/**
 * Asks a server at start, which may be starting itself.
 * @throws CarillonError `store_unusable`, one sentence that names the server, the fault and the fix
 */
export async function firstAnswer<Answer>(
  url: string,
  { startTries = START_TRIES }: ServerOptions,
  ask: () => Promise<Answer>
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask()
    } catch (error) {
      const mayCome = isConnectionFault(error)
      if (!mayCome || attempt >= startTries) throw unusable(url, error)
    }
    await pause(START_PAUSE_MS)
  }
}

function unusable(url: string, error: unknown): unknown {
  if (error instanceof CarillonError && error.code === 'store_unusable') return error
  const cause = error instanceof CarillonError ? error.cause : error
  const advice = ADVICE[codeOf(cause)] ?? `cannot be used: ${messageOf(cause)}`
  return new CarillonError('store_unusable', `${shownUrl(url)} ${advice}.`, { cause })
}

/** @throws CarillonError `store_unusable` for a server that lacks what the statements need */
export function refuseOld(
  found: string,
  { isOld, needed }: { isOld: boolean; needed: string }
): void {
  if (!isOld) return
  throw new CarillonError('store_unusable', `The database is ${found}, but must be ${needed}.`)
}
