import type { EventHub } from '../engine/events.ts'
import type { Db } from '../store/db.ts'
import { inTransaction } from '../store/transaction.ts'
import type { Core } from './core.ts'
import { seeingKeys } from './job-keys.ts'

/** What operations work with while they are parts of a larger transaction. */
export interface Enlisted {
  /** For the operations. What they announce, wake or stop is kept back. */
  readonly core: Core
  /** Runs that were cancelled so far. */
  readonly cancelled: readonly number[]
  /** Does what was kept back; to be called after the commit, or never. */
  announce(): void
}

/** Lets operations take part in the transaction `trx`. */
export function enlist(core: Core, trx: Db): Enlisted {
  const kept: (() => void)[] = []
  const cancelled: number[] = []
  const events: EventHub = {
    on: core.events.on,
    emit: (name, event) => {
      kept.push(() => core.events.emit(name, event))
    }
  }
  return {
    cancelled,
    announce: () => {
      for (const act of kept) act()
    },
    core: {
      ...core,
      db: trx,
      events,
      // Nothing is claimed: whether it may start is known only after the commit.
      enqueueTime: () => ({ ...core.enqueueTime(0), replica: null }),
      withSlots: (_most, work) => work(0),
      afterEnqueue: (enqueued) => {
        cancelled.push(...enqueued.cancelled.map((run) => run.id))
        kept.push(() => core.afterEnqueue(enqueued))
      },
      afterCancel: (runs, reason) => {
        cancelled.push(...runs.map((run) => run.id))
        kept.push(() => core.afterCancel(runs, reason))
      },
      wake: () => {
        kept.push(core.wake)
      }
    }
  }
}

/**
 * Carries out several operations as one: all of them are done when this resolves, or none. `work`
 * runs again when another transaction was in the way, so it must not act elsewhere.
 */
export async function together<Result>(
  core: Core,
  work: (core: Core) => Promise<Result>
): Promise<Result> {
  const { result, announce } = await seeingKeys(core.db, () =>
    inTransaction(core.db, async (trx) => {
      const enlisted = enlist(core, trx)
      return { result: await work(enlisted.core), announce: enlisted.announce }
    })
  )
  announce()
  return result
}
