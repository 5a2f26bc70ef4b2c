import { KindGuard, Type, type Static, type TSchema } from '@sinclair/typebox'
import { TypeCompiler } from '@sinclair/typebox/compiler'
import { CarillonError, type Fault } from '../../domain/errors.ts'
import { compileFaults } from '../../domain/validation.ts'
import type { AttemptContext } from '../attempt.ts'
import type { Handler } from './handler.ts'

/** What a handler says about itself. */
export interface HandlerOptions<Schema extends TSchema> {
  /** What its jobs must bring as params, as a schema of TypeBox. */
  params: Schema
}

/** A handler whose params are of the type that its schema says. */
export type TypedHandler<Schema extends TSchema> = (
  attempt: AttemptContext<Static<Schema>>
) => unknown

/** A handler, and what it takes. */
export interface HandlerDefinition {
  paramsFaults(params: unknown): Fault[]
  start(attempt: AttemptContext): unknown
}

/** A handler that takes whatever it is given. */
export function plainHandler(handler: Handler): HandlerDefinition {
  return { paramsFaults: () => [], start: handler }
}

/**
 * A handler with a schema for its params: a job with other params is refused when it is created,
 * changed or run, and in the handler they have the type of the schema. They are checked as they are:
 * nothing is converted or filled in.
 * @throws CarillonError `invalid_configuration` for a schema that is not of TypeBox
 */
export function defineHandler<Schema extends TSchema>(
  { params }: HandlerOptions<Schema>,
  handler: TypedHandler<Schema>
): HandlerDefinition {
  if (!KindGuard.IsSchema(params)) {
    const message =
      'The "params" of a handler are no schema of TypeBox; make one with "Type" of @sinclair/typebox.'
    throw new CarillonError('invalid_configuration', message)
  }
  // In an object, so that what is said of a fault names the field as a job has it.
  const findFaults = compileFaults(Type.Object({ params }), 'body')
  const compiled = TypeCompiler.Compile(params)
  const isTyped = (attempt: AttemptContext): attempt is AttemptContext<Static<Schema>> =>
    compiled.Check(attempt.params)
  return {
    paramsFaults: (value) => findFaults({ params: value }),
    start: (attempt) => {
      if (isTyped(attempt)) return handler(attempt)
      throw new Error('The params are not what the schema of the handler says.')
    }
  }
}
