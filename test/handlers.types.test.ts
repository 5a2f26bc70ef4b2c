import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { defineHandler, type CarillonOptions, type Scheduler } from '../index.ts'

const Params = Type.Object({ to: Type.String() })

/** Never called: what is wrong in it must not compile. */
export function uses(scheduler: Scheduler): CarillonOptions {
  scheduler.handle('a', { params: Params }, ({ params }) => params.to.length)
  // @ts-expect-error -- the schema has no such field
  scheduler.handle('b', { params: Params }, ({ params }) => params.from)
  // @ts-expect-error -- without a schema, nothing is known of params
  scheduler.handle('c', ({ params }) => params.to)
  // @ts-expect-error -- it is no number
  scheduler.handle('d', { params: Params }, ({ params }) => params.to.toFixed())
  return {
    handlers: {
      plain: ({ params }) => params,
      typed: defineHandler({ params: Params }, ({ params }) => params.to.trim())
    }
  }
}

test('params have the type of their schema, and no other', (t) => {
  t.type(uses, 'function')
  t.end()
})
