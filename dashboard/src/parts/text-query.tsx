import { changeQuery, route } from '../routing/route.ts'

/** Writes a value of the query; another list begins at its beginning. */
export function TextQuery({ name, label }: { name: string; label: string }) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={label}
      maxLength={100}
      value={route.value.query[name] ?? ''}
      onChange={({ currentTarget }) => changeQuery({ [name]: currentTarget.value, cursor: null })}
    />
  )
}
