import type { Signal } from '../signal/signal.ts'

interface ChoiceProps<Value extends string> {
  label: string
  of: Signal<Value>
  /** What each value is called. */
  names: Readonly<Record<Value, string>>
  values: readonly Value[]
}

/** One of a few values of a signal. */
export function Choice<Value extends string>({ label, of, names, values }: ChoiceProps<Value>) {
  return (
    <label class="choice">
      <span class="visually-hidden">{label}</span>
      <select
        value={of.value}
        title={label}
        onChange={({ currentTarget }) => {
          of.value = values.find((value) => value === currentTarget.value) ?? of.value
        }}
      >
        {values.map((value) => (
          <option key={value} value={value}>
            {names[value]}
          </option>
        ))}
      </select>
    </label>
  )
}
