import { CarillonError } from '../../domain/errors.ts'
import { failure, type Outcome } from '../../domain/outcome.ts'
import { shown } from '../../domain/validation.ts'
import type { AttemptContext, Perform } from '../attempt.ts'

/**
 * A function of the host application. What it returns is kept as the result, as JSON of at most
 * 64 KiB; what it throws is the error. It should stop when `signal` aborts.
 */
export type Handler = (attempt: AttemptContext) => unknown

const MAX_RESULT_BYTES = 65_536

/** The functions that a host application registered by name. */
export interface HandlerRegistry {
  /** @throws CarillonError `handler_exists` */
  add(name: string, handler: Handler): void
  readonly names: ReadonlySet<string>
  readonly perform: Perform
}

export function createHandlerRegistry(): HandlerRegistry {
  const handlers = new Map<string, Handler>()
  const names = new Set<string>()
  return {
    names,
    add: (name, handler) => {
      if (handlers.has(name)) {
        throw new CarillonError(
          'handler_exists',
          `There is a handler named ${shown(name)} already.`
        )
      }
      handlers.set(name, handler)
      names.add(name)
    },
    perform: async (attempt) => {
      const { target } = attempt.job.definition
      const handler = target.type === 'handler' ? handlers.get(target.name) : undefined
      if (handler === undefined)
        return failure('no_handler', 'No handler of that name is registered.')
      return toOutcome(await handler(attempt))
    }
  }
}

function toOutcome(value: unknown): Outcome {
  if (value === undefined) return { kind: 'succeeded', result: null }
  const text = toJson(value)
  if (text === null) {
    return { kind: 'succeeded', result: { note: 'The handler returned what JSON cannot hold.' } }
  }
  if (Buffer.byteLength(text) > MAX_RESULT_BYTES) {
    return { kind: 'succeeded', result: { note: 'The handler returned more than 64 KiB.' } }
  }
  return { kind: 'succeeded', result: value }
}

function toJson(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null
  } catch {
    return null
  }
}
