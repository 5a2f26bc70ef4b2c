import {
  hasSecrets,
  type StoredHttpTarget,
  type StoredInput
} from '../domain/secrets/stored-input.ts'
import type { Target } from '../domain/target.ts'

/** Beside the targets, not in them: whoever shows a target or hands it on cannot show this. */
const kept = new WeakMap<Target, StoredHttpTarget>()

/** Makes what is sealed in a definition known to what carries its target out. */
export function keepSealed(target: Target, stored: StoredInput): void {
  if (hasSecrets(stored.target) && stored.target?.type === 'http') kept.set(target, stored.target)
}

/** The target as it is kept; undefined where it has no secret. */
export function sealedOf(target: Target): StoredHttpTarget | undefined {
  return kept.get(target)
}
