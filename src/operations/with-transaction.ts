import { foreignDb, type ForeignTransaction } from '../store/foreign-codec.ts'
import type { EventHub } from '../engine/events.ts'
import type { Core } from './core.ts'
import { enlist } from './enlist.ts'
import { createOperations, type Operations } from './operations.ts'

/** As if another process had done something: it is looked for, whatever it was. */
const ANYTHING = { jobs: null, wake: true, cancel: true }

/**
 * The operations as parts of a transaction that the application began on a Kysely of its own, on the
 * same database. Nobody tells whether and when it is committed, so it is treated like the write of
 * another process: nothing is announced, and what is due of it is found within a second.
 */
export function withTransaction(core: Core, transaction: ForeignTransaction): Operations {
  const { core: enlisted } = enlist(core, foreignDb(transaction, core.db.dialect))
  const events: EventHub = {
    on: core.events.on,
    emit: () => core.events.emit('notice_received', ANYTHING)
  }
  return createOperations({ ...enlisted, events })
}
