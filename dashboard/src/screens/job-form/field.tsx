import type { ComponentChildren } from 'preact'
import { FIELDS, type FieldName } from './fields.ts'
import type { Form } from './form.ts'

/** What a control gets, whatever it is. */
export interface Control {
  id: string
  value: string
  'aria-invalid': boolean
  'aria-describedby': string | undefined
  onInput: (event: { currentTarget: { value: string } }) => void
}

export interface FieldProps {
  form: Form
  name: FieldName
  label: string
  hint?: ComponentChildren
}

interface WithControl extends FieldProps {
  children: (control: Control) => ComponentChildren
}

/** A control with its label, a hint, and what the service says against it. */
export function Field({ form, name, label, hint, children }: WithControl) {
  const { at } = FIELDS[name]
  const id = idOf(at)
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        value: form.work.value.draft.fields[name] ?? '',
        ...described(form, at, hint !== undefined),
        onInput: ({ currentTarget }) => form.setField(name, currentTarget.value)
      })}
      <Beneath form={form} at={at} hint={hint} />
    </div>
  )
}

/** The id of the control of a field, by where it stands in the job. */
export function idOf(at: string): string {
  return `field${at.replaceAll('/', '-')}`
}

/** What ties a control to what is said beneath it. */
export function described(form: Form, at: string, hasHint: boolean) {
  const isWrong = faultsAt(form, at).length > 0
  const ids = [isWrong && `${idOf(at)}-fault`, hasHint && `${idOf(at)}-hint`]
  const said = ids.filter((id) => id !== false).join(' ')
  return { 'aria-invalid': isWrong, 'aria-describedby': said === '' ? undefined : said }
}

interface BeneathProps {
  form: Form
  at: string
  hint?: ComponentChildren
}

/** What is said beneath a control. */
export function Beneath({ form, at, hint }: BeneathProps) {
  const faults = faultsAt(form, at)
  return (
    <>
      {faults.length > 0 && (
        <p class="fault" id={`${idOf(at)}-fault`}>
          {faults.map(({ detail }) => detail).join(' ')}
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${idOf(at)}-hint`}>
          {hint}
        </p>
      )}
    </>
  )
}

function faultsAt({ faults }: Form, at: string) {
  return faults.value.filter(({ pointer }) => pointer === at || pointer.startsWith(`${at}/`))
}
