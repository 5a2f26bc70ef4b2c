import { CarillonError } from '../domain/errors.ts'
import type { EventHub } from '../engine/events.ts'
import type { Db } from '../store/db.ts'

/** Where failures are told, and what knows the errors of the database. */
export interface FailureParts {
  db: Db
  events: EventHub
  /** What the names of these calls are told with before them. */
  prefix?: string
}

/** Calls that carry out what the caller wrote: what they throw may be the caller's own. */
const WITH_FOREIGN_WORK: ReadonlySet<string> = new Set(['together', 'once'])

/**
 * The same calls, and those of objects among them; one that the database fails is told as `operation_failed`, under its name in
 * snake_case, and fails as before. What a client did wrong is no failure.
 */
export function reportFailures<Calls extends object>(calls: Calls, parts: FailureParts): Calls {
  return new Proxy(calls, {
    get: (target, name) => {
      const call: unknown = Reflect.get(target, name)
      if (typeof call === 'object' && call !== null) return reportFailures(call, parts)
      if (typeof call !== 'function') return call
      return (...args: unknown[]): unknown => {
        const result: unknown = Reflect.apply(call, target, args)
        if (result instanceof Promise) result.catch((error) => report(String(name), error, parts))
        return result
      }
    }
  })
}

function report(name: string, error: unknown, { db, events, prefix = '' }: FailureParts): void {
  if (!isFailure(error, db, WITH_FOREIGN_WORK.has(name))) return
  const operation = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  events.emit('operation_failed', { operation: `${prefix}${operation}`, error })
}

function isFailure(error: unknown, { dialect }: Db, mayBeForeign: boolean): boolean {
  if (error instanceof CarillonError) return error.code.startsWith('store_')
  if (!mayBeForeign) return true
  return dialect.isBusy(error) || dialect.isLost(error) || dialect.isFull(error)
}
