import { misfireRule, retryPolicy, timeoutMs, withDefaults } from '../domain/job-definition.ts'
import type { JobDefinition } from '../domain/job.ts'
import { TARGET_TYPES } from '../domain/target.ts'
import { shown } from '../domain/validation.ts'
import { showSecrets } from '../domain/secrets/show-secrets.ts'
import { decodeStored } from '../store/job-codec.ts'
import { keepSealed } from './sealed-targets.ts'

/**
 * A definition as it is stored, defaults filled in. It was checked when it was stored, but by
 * another version perhaps, or it was changed by hand: what would fail in the middle of a run, where
 * it could take others with it, fails here.
 * @throws Error that says what is wrong with it
 */
export function readDefinition(stored: string): JobDefinition {
  const kept = decodeStored(stored)
  const definition = withDefaults(showSecrets(kept))
  timeoutMs(definition)
  retryPolicy(definition)
  misfireRule(definition)
  const { type } = definition.target
  if (!TARGET_TYPES.includes(type)) throw new Error(`The target type ${shown(type)} is unknown.`)
  keepSealed(definition.target, kept)
  return definition
}
