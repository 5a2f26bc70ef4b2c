import { syncBuiltinESMExports } from 'node:module'
import timers from 'node:timers/promises'
import { DefaultQueryExecutor } from 'kysely'

/** Connections in use, and pauses before another try: what a manual clock must not overtake. */
let active = 0
let waiters: (() => void)[] = []

export function isActive(): boolean {
  return active > 0
}

/** Resolves when no statement or transaction is going on, on no database of this process. */
export function untilIdle(): Promise<void> {
  return new Promise((resolve) => {
    waiters.push(resolve)
    if (active === 0) wake()
  })
}

function wake(): void {
  const woken = waiters
  waiters = []
  for (const resolve of woken) resolve()
}

/** The function, counted from its call until its promise is settled. */
function counted<This, Args extends unknown[], Result>(
  work: (this: This, ...args: Args) => Promise<Result>
): (this: This, ...args: Args) => Promise<Result> {
  return async function count(this: This, ...args: Args) {
    active++
    try {
      return await work.apply(this, args)
    } finally {
      if (--active === 0) wake()
    }
  }
}

// Everything that Kysely does goes through this, whatever the driver.
const executor: Pick<DefaultQueryExecutor, 'provideConnection'> = DefaultQueryExecutor.prototype
executor.provideConnection = counted(executor.provideConnection)

// How the store waits between its tries.
timers.setTimeout = counted(timers.setTimeout)
syncBuiltinESMExports()
