import type { TSchema } from '@sinclair/typebox'
import { CarillonError } from '../../domain/errors.ts'
import { shown } from '../../domain/validation.ts'
import {
  defineHandler,
  type HandlerDefinition,
  type HandlerOptions,
  type TypedHandler
} from './handler-definition.ts'
import type { Handler, HandlerRegistry } from './handler.ts'

/** Registers the function that targets `{"type": "handler", "name": …}` call. */
export interface Handle {
  /** @throws CarillonError `handler_exists` */
  (name: string, handler: Handler | HandlerDefinition): void
  /** With a schema: params are checked when a job is created, and typed in the handler. */
  <Schema extends TSchema>(
    name: string,
    options: HandlerOptions<Schema>,
    handler: TypedHandler<Schema>
  ): void
}

export function createHandle({ add }: Pick<HandlerRegistry, 'add'>): Handle {
  function handle(name: string, handler: Handler | HandlerDefinition): void
  function handle<Schema extends TSchema>(
    name: string,
    options: HandlerOptions<Schema>,
    handler: TypedHandler<Schema>
  ): void
  function handle<Schema extends TSchema>(
    name: string,
    first: Handler | HandlerDefinition | HandlerOptions<Schema>,
    typed?: TypedHandler<Schema>
  ): void {
    if (typeof first === 'function' || 'start' in first) add(name, first)
    else if (typed !== undefined) add(name, defineHandler(first, typed))
    else {
      const message = `The handler ${shown(name)} has no function; give it as the last argument.`
      throw new CarillonError('invalid_configuration', message)
    }
  }
  return handle
}
