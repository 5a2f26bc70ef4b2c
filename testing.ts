import { openScheduler, type CoreOptions, type OpenScheduler } from './core.ts'
import { createManualClock, settleTurns, type ManualClock } from './src/testing/manual-clock.ts'
import { captureWebhooks, type Webhooks } from './src/testing/webhooks.ts'

export { createManualClock, type ManualClock } from './src/testing/manual-clock.ts'
export {
  captureWebhooks,
  type CapturedWebhook,
  type WebhookAnswer,
  type Webhooks
} from './src/testing/webhooks.ts'

/** What a scheduler under test is given, whether it stands alone or in an application. */
export interface TestParts {
  clock: ManualClock
  webhooks: Webhooks
  /** For the plugin: `app.register(carillon, { ...parts.options, handlers })`. */
  options: Pick<CoreOptions, 'database' | 'clock' | 'dispatcher'>
}

/** A clock that is moved by hand, calls that are captured, and a database in memory. */
export function createTestParts(): TestParts {
  const clock = createManualClock({ gatherMs: GATHER_MS })
  const webhooks = captureWebhooks()
  const { dispatcher } = webhooks
  return { clock, webhooks, options: { database: 'sqlite::memory:', clock, dispatcher } }
}

/** A scheduler under test. */
export interface TestScheduler extends AsyncDisposable {
  scheduler: OpenScheduler
  clock: ManualClock
  webhooks: Webhooks
  /** Stops it; what still runs is given up. */
  close(): Promise<void>
}

/** Nobody else writes, and nobody's lease is at stake: a day goes by in a few rounds. */
const ALONE = { pollMs: 86_400_000, heartbeat: '100d', lease: '365d' }

/** Results gather for three milliseconds, and are there when time stands still. */
const GATHER_MS = 5

/** How many turns of the event loop a run may take before time goes on without it. */
const RUN_TURNS = 2_000

/**
 * A scheduler on a database in memory and a clock that is moved by hand, whose `http` targets call
 * nobody: `await using kit = await createTestScheduler()`.
 */
export async function createTestScheduler(
  options: Omit<CoreOptions, 'clock' | 'dispatcher'> = {}
): Promise<TestScheduler> {
  let inFlight = (): number => 0
  const settle = async (): Promise<void> => {
    await settleTurns()
    for (let turn = 0; turn < RUN_TURNS && inFlight() > 0; turn++) await settleTurns(1)
    await settleTurns()
  }
  const clock = createManualClock({ settle, gatherMs: GATHER_MS })
  const webhooks = captureWebhooks()
  const { dispatcher } = webhooks
  const scheduler = await openScheduler({
    database: 'sqlite::memory:',
    ...ALONE,
    ...options,
    clock,
    dispatcher
  })
  inFlight = () => scheduler.status().runsInFlight
  const close = async (): Promise<void> => {
    const closed = scheduler.close({ graceMs: 0 })
    // What ignores its signal is given up after ten seconds.
    await clock.advance('15s')
    await closed
  }
  return { scheduler, clock, webhooks, close, [Symbol.asyncDispose]: close }
}
