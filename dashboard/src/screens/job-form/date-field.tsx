import { ownZone } from '../../preferences/zone.ts'
import { Field, type FieldProps } from './field.tsx'

/** An instant, on the reader's own clock; what is not touched stays as it was written. */
export function DateField({ label, ...field }: FieldProps) {
  return (
    <Field {...field} label={`${label} (${ownZone})`}>
      {({ value, onInput, ...control }) => (
        <input
          {...control}
          type="datetime-local"
          step={1}
          value={localOf(value)}
          onInput={({ currentTarget }) =>
            onInput({ currentTarget: { value: instantOf(currentTarget.value) } })
          }
        />
      )}
    </Field>
  )
}

/**
 * "2026-03-02T09:00", by the clock of this browser, and as the browser itself writes it: another
 * spelling would be put into the control anew, under the hands of who types.
 */
function localOf(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return ''
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  const [year = '', ...rest] = day.map((part) => String(part).padStart(2, '0'))
  const time = date.toTimeString().slice(0, 8).replace(/:00$/, '')
  return `${[year.padStart(4, '0'), ...rest].join('-')}T${time}`
}

function instantOf(local: string): string {
  const date = new Date(local)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
