interface RadiosProps<Value extends string> {
  /** Of the group, and what the browser knows it by. */
  label: string
  value: Value
  /** What each value is called. */
  names: Readonly<Record<Value, string>>
  values: readonly Value[]
  choose: (value: Value) => void
}

/** One of a few, all of them to be seen. */
export function Radios<Value extends string>(props: RadiosProps<Value>) {
  const { label, value, names, values, choose } = props
  return (
    <div class="row" role="radiogroup" aria-label={label}>
      {values.map((one) => (
        <label key={one} class="radio">
          <input type="radio" name={label} checked={one === value} onChange={() => choose(one)} />
          {names[one]}
        </label>
      ))}
    </div>
  )
}
