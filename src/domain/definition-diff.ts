import { isDeepStrictEqual } from 'node:util'
import type { JobDefinition } from './job.ts'

/** Longer values are not kept in the log of changes, which would otherwise outgrow the jobs. */
const MAX_VALUE_LENGTH = 2_000

/** A field that was changed, as JSON. */
export interface FieldDiff {
  before: unknown
  after: unknown
}

/**
 * Field by field what differs between two definitions, defaults filled in. A value that is longer
 * than 2,000 characters of JSON is given as `{"omitted_characters": n}`.
 */
export function diffDefinitions(
  before: JobDefinition,
  after: JobDefinition
): Record<string, FieldDiff> {
  const old = new Map<string, unknown>(Object.entries(before))
  const changed = Object.entries(after).filter(
    ([field, value]) => !isDeepStrictEqual(old.get(field), value)
  )
  return Object.fromEntries(
    changed.map(([field, value]) => [
      field,
      { before: shortened(old.get(field)), after: shortened(value) }
    ])
  )
}

function shortened(value: unknown): unknown {
  const { length } = JSON.stringify(value) ?? ''
  return length > MAX_VALUE_LENGTH ? { omitted_characters: length } : (value ?? null)
}
