import { changeQuery, route } from '../routing/route.ts'

interface SelectQueryProps {
  /** Of the value in the query of the address. */
  name: string
  /** What is shown for none. */
  label: string
  values: readonly string[]
  /** What values are called that do not say it themselves. */
  names?: Readonly<Record<string, string>>
}

/** Chooses a value of the query; another list begins at its beginning. */
export function SelectQuery({ name, label, values, names = {} }: SelectQueryProps) {
  return (
    <select
      aria-label={name}
      value={route.value.query[name] ?? ''}
      onChange={({ currentTarget }) => changeQuery({ [name]: currentTarget.value, cursor: null })}
    >
      <option value="">{label}</option>
      {values.map((value) => (
        <option key={value} value={value}>
          {names[value] ?? value.replaceAll('_', ' ')}
        </option>
      ))}
    </select>
  )
}
