import { isDeepStrictEqual } from 'node:util'
import { withDefaults } from './job-definition.ts'
import { showSecrets } from './secrets/show-secrets.ts'
import { hasSecrets, type StoredInput } from './secrets/stored-input.ts'

/** Longer values are not kept in the log of changes, which would otherwise outgrow the jobs. */
const MAX_VALUE_LENGTH = 2_000

/** A field that was changed, as JSON. */
export interface FieldDiff {
  before: unknown
  after: unknown
}

/**
 * Field by field what differs between two definitions, defaults filled in, secrets as they are shown
 * (two of them may look the same). A value that is longer than 2,000 characters of JSON is given as
 * `{"omitted_characters": n}`.
 */
export function diffInputs(before: StoredInput, after: StoredInput): Record<string, FieldDiff> {
  const old = fieldsOf(before)
  const isResealed = hasSecrets(after.target) && !isDeepStrictEqual(before.target, after.target)
  const changed = [...fieldsOf(after)].filter(
    ([field, value]) =>
      !isDeepStrictEqual(old.get(field), value) || (field === 'target' && isResealed)
  )
  return Object.fromEntries(
    changed.map(([field, value]) => [
      field,
      { before: shortened(old.get(field)), after: shortened(value) }
    ])
  )
}

function fieldsOf(input: StoredInput): Map<string, unknown> {
  return new Map(Object.entries(withDefaults(showSecrets(input))))
}

function shortened(value: unknown): unknown {
  const { length } = JSON.stringify(value) ?? ''
  return length > MAX_VALUE_LENGTH ? { omitted_characters: length } : (value ?? null)
}
