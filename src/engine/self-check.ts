import { INVARIANTS, type Invariant } from '../domain/invariant.ts'
import { createChecks, type CheckParts, type Finding } from './invariant-checks.ts'

/** Twice a minute: what counts only when it is seen twice is told within a minute all the same. */
const CHECK_EVERY_MS = 30_000
/** So many of what was found are named. */
const EXAMPLES = 10
const NOTHING = JSON.stringify([0, []])

export interface SelfCheckParts extends CheckParts {
  /** How often others may have written. */
  pollMs: number
}

/** The round that checks the invariants. */
export interface SelfCheck {
  pass(): Promise<number>
  /** From one check to the next. */
  readonly everyMs: number
  /** Epoch milliseconds of the last check; null before the first. */
  lastAt(): number | null
}

/**
 * Creates the round that checks the invariants, repairs what can safely be repaired, and tells what
 * has changed since the last one. It begins with a pause: a start that catches up needs its time.
 */
export function createSelfCheck(parts: SelfCheckParts): SelfCheck {
  const { clock, events } = parts
  // Where nobody else writes, nobody else breaks anything either.
  const everyMs = Math.max(CHECK_EVERY_MS, parts.pollMs)
  const checks = createChecks(parts)
  const told = new Map<Invariant, string>()
  let isFirst = true
  let lastAt: number | null = null

  const tell = (invariant: Invariant, finding: Finding): void => {
    const count = finding.found.length
    const examples = finding.found.slice(0, EXAMPLES)
    const what = JSON.stringify([count, examples])
    if (what === (told.get(invariant) ?? NOTHING)) return
    told.set(invariant, what)
    const repair = count === 0 ? null : finding.repair
    events.emit('invariant_violated', { invariant, count, examples, repair })
  }

  const pass = async (): Promise<number> => {
    const next = clock.now() + everyMs
    if (!isFirst) {
      for (const invariant of INVARIANTS) tell(invariant, await checks[invariant]())
      lastAt = clock.now()
    }
    isFirst = false
    return next
  }

  return { pass, everyMs, lastAt: () => lastAt }
}
