import type { Fault } from '../../../../src/domain/errors.ts'
import { signal, type Signal } from '../../signal/signal.ts'
import type { Definition } from './definition.ts'
import { draftOf, type Draft } from './draft.ts'
import type { FieldName } from './fields.ts'
import { keep } from './kept.ts'

/** A form, and what it changes. */
export interface Work {
  draft: Draft
  /** The definition that it was made of. */
  base: Definition
  /** The version of that; null for a new job. */
  version: number | null
}

/** What the parts of the form share. */
export interface Form {
  work: Signal<Work>
  /** What is wrong with it, as of the last try to save. */
  faults: Signal<readonly Fault[]>
  change(change: Partial<Draft>): void
  setField(name: FieldName, text: string): void
}

/** The work on a definition, before anything was typed. */
export function workOn(base: Definition, version: number | null): Work {
  return { draft: draftOf(base), base, version }
}

/** A form whose draft is kept under a name from the first change on. */
export function createForm(name: string, start: Work): Form {
  const work = signal(start)
  const faults = signal<readonly Fault[]>([])
  const change = (changed: Partial<Draft>): void => {
    work.value = { ...work.value, draft: { ...work.value.draft, ...changed } }
    keep(name, work.value)
  }
  const setField = (field: FieldName, text: string): void =>
    change({ fields: { ...work.value.draft.fields, [field]: text } })
  return { work, faults, change, setField }
}
