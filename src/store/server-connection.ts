import { CarillonError, messageOf } from '../domain/errors.ts'
import { codeOf } from './dialect.ts'

/** No statement may take longer; the server ends it, and somewhat later the client gives up. */
export const STATEMENT_TIMEOUT_MS = 30_000
export const ANSWER_TIMEOUT_MS = 35_000
export const CONNECT_TIMEOUT_MS = 5_000
export const LOCK_TIMEOUT_MS = 5_000
/** A transaction whose process says nothing for so long is rolled back. */
export const IDLE_TRANSACTION_TIMEOUT_MS = 15_000
/** Longer than a pool keeps a connection that nobody uses. */
export const IDLE_TIMEOUT_MS = 30_000

const FAULT_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  // PostgreSQL: shut down, crashed, starting, idle for too long, too many connections.
  '57P01',
  '57P02',
  '57P03',
  '57P05',
  '25P03',
  '53300',
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_CON_COUNT_ERROR'
])

/** What drivers say without a code. */
const FAULT_MESSAGES =
  /connection (?:terminated|is closed|lost)|connection error and is not queryable|timeout exceeded when trying to connect|query read timeout|closed state|client was closed/i

/** Whether an error means that the connection cannot be used any more, or could not be made. */
export function isConnectionFault(error: unknown): boolean {
  if (error instanceof CarillonError) return error.code === 'store_unavailable' && !isUnknown(error)
  const code = codeOf(error)
  if (FAULT_CODES.has(code) || code.startsWith('08')) return true
  // Several addresses of a host were tried.
  if (error instanceof AggregateError) return error.errors.some(isConnectionFault)
  return FAULT_MESSAGES.test(messageOf(error))
}

function isUnknown(error: CarillonError): boolean {
  return error.context['unknown'] === true
}

/** The error as callers are to see it: what a driver says of a lost connection helps nobody. */
export function unavailable(error: unknown): unknown {
  if (error instanceof CarillonError || !isConnectionFault(error)) return error
  const message = 'The database cannot be reached; try again.'
  return new CarillonError('store_unavailable', message, { cause: error })
}

/** What is said of a connection that was given up, to whoever asks more of it. */
export function abandoned(): CarillonError {
  return new CarillonError(
    'store_unavailable',
    'The connection to the database was given up; try again.'
  )
}

/** For promises whose error is to be seen so. */
export function throwUnavailable(error: unknown): never {
  throw unavailable(error)
}

/** Creating and changing tables takes as long as it takes. */
export function isUnlimited(statement: string): boolean {
  return /^\s*(?:create|alter|drop|with set_timeout|select get_lock)\b/i.test(statement)
}
