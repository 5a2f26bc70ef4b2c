import { CarillonError, type Fault } from '../../domain/errors.ts'
import { failure, refusal, type Outcome } from '../../domain/outcome.ts'
import { shown } from '../../domain/validation.ts'
import type { AttemptContext, Perform } from '../attempt.ts'
import { plainHandler, type HandlerDefinition } from './handler-definition.ts'

/**
 * A function of the host application. What it returns is kept as the result, as JSON of at most
 * 64 KiB; what it throws is the error. It should stop when `signal` aborts.
 */
export type Handler = (attempt: AttemptContext) => unknown

const MAX_RESULT_BYTES = 65_536
/** What runs need of a process beside handlers has names like these. */
const RESERVED_PREFIX = 'carillon:'

/** The functions that a host application registered by name. */
export interface HandlerRegistry {
  /** @throws CarillonError `handler_exists`, `invalid_configuration` */
  add(name: string, handler: Handler | HandlerDefinition): void
  readonly names: ReadonlySet<string>
  /** What is wrong with params for a handler; nothing where it is not here, or takes anything. */
  paramsFaults(name: string, params: unknown): Fault[]
  readonly perform: Perform
}

/** Without functions yet; `also` is what else runs here may need, and have. */
export function createHandlerRegistry(also: readonly string[] = []): HandlerRegistry {
  const handlers = new Map<string, HandlerDefinition>()
  const names = new Set<string>(also)
  return {
    names,
    add: (name, handler) => {
      if (handlers.has(name)) {
        throw new CarillonError(
          'handler_exists',
          `There is a handler named ${shown(name)} already.`
        )
      }
      if (name.startsWith(RESERVED_PREFIX)) {
        const message = `${shown(name)} begins with "${RESERVED_PREFIX}", which no handler may; take another name.`
        throw new CarillonError('invalid_configuration', message)
      }
      handlers.set(name, typeof handler === 'function' ? plainHandler(handler) : handler)
      names.add(name)
    },
    paramsFaults: (name, params) => handlers.get(name)?.paramsFaults(params) ?? [],
    perform: async (attempt) => {
      const { target } = attempt.job.definition
      const handler = target.type === 'handler' ? handlers.get(target.name) : undefined
      if (handler === undefined)
        return failure('no_handler', 'No handler of that name is registered.')
      const [fault] = handler.paramsFaults(attempt.params)
      if (fault !== undefined) return refusal('invalid_params', fault.detail)
      return toOutcome(await handler.start(attempt))
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
