import type { JobInput } from '../../../../client.ts'
import type { Fault } from '../../../../src/domain/errors.ts'
import type { TargetType } from '../../../../src/domain/target.ts'
import { errorOf } from '../../format/error.ts'
import { withoutDefaults, type Definition } from './definition.ts'
import { FIELD_LIST, HEADERS_AT, type FieldName, type Timing } from './fields.ts'
import { headersOf, rowsOf, type HeaderRow } from './header-rows.ts'
import { valueAt, withValueAt } from './pointed.ts'

/** What stands in the form, as it was typed. */
export interface Draft {
  timing: Timing
  target: TargetType
  fields: Readonly<Partial<Record<FieldName, string>>>
  headers: readonly HeaderRow[]
}

export const TARGET_TYPES: readonly TargetType[] = ['log', 'http', 'handler', 'command']

/** The form of a definition. */
export function draftOf(definition: Definition): Draft {
  const type = valueAt(definition, '/target/type')
  const target = TARGET_TYPES.find((one) => one === type) ?? 'log'
  const fields: Draft['fields'] = Object.fromEntries(
    FIELD_LIST.flatMap(({ name, at, as, of }) => {
      const value = isOf({ timing: timingOf(definition), target }, of)
        ? valueAt(definition, at)
        : undefined
      return value === undefined ? [] : [[name, as.toText(value)]]
    })
  )
  const headers = rowsOf(valueAt(definition, HEADERS_AT))
  return { timing: timingOf(definition), target, fields, headers }
}

function timingOf({ schedule, repeat_interval: every, start_date: at }: Definition): Timing {
  if (schedule !== undefined) return 'cron'
  if (every !== undefined) return 'interval'
  return at === undefined ? 'cron' : 'once'
}

function isOf({ timing, target }: Pick<Draft, 'timing' | 'target'>, of: string | undefined) {
  return of === undefined || of === timing || of === target
}

/** The job that a form stands for, and what in it cannot be sent at all. */
export interface Written {
  input: JobInput
  faults: readonly Fault[]
}

/**
 * Writes a form over the definition that it was made of: what the form does not know stays, and so
 * does what was not touched, as it was written.
 */
export function written(draft: Draft, base: Definition): Written {
  const faults: Fault[] = []
  let input = withTarget(draft, base)
  const put = (pointer: string, valueOf: () => unknown): void => {
    try {
      input = withValueAt(input, pointer, valueOf())
    } catch (error) {
      const why = errorOf(error).message
      faults.push({ in: 'body', pointer, detail: `This cannot be read: ${why}.` })
    }
  }
  for (const { name, at, as, of } of FIELD_LIST) {
    const text = draft.fields[name] ?? ''
    const old = valueAt(input, at)
    const isSame = old !== undefined && as.toText(old) === text
    if (isOf(draft, of))
      put(at, () => (isSame ? old : text.trim() === '' ? undefined : as.toValue(text)))
    else if (!at.startsWith('/target/')) put(at, () => undefined)
  }
  if (draft.target === 'http') put(HEADERS_AT, () => headersOf(draft.headers))
  return { input: asInput(withoutDefaults(input)), faults }
}

/** A target of another type has nothing of the one before. */
function withTarget({ target }: Draft, base: Definition): Definition {
  const isSame = valueAt(base, '/target/type') === target
  return isSame ? base : withValueAt(base, '/target', { type: target })
}

/** Whether it is a job is for the service to say. */
function asInput(definition: Definition): JobInput {
  return JSON.parse(JSON.stringify(definition))
}
