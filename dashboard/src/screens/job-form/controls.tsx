import { Field, type FieldProps } from './field.tsx'

interface TextProps extends FieldProps {
  placeholder?: string
  /** The id of a `<datalist>`. */
  list?: string
}

/** One line of text; spelling is not corrected, for it is no prose. */
export function TextField({ placeholder, list, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          placeholder={placeholder}
          list={list}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
      )}
    </Field>
  )
}

/** Text of several lines. */
export function AreaField({ placeholder, ...field }: TextProps) {
  return (
    <Field {...field}>
      {(control) => <textarea {...control} rows={4} placeholder={placeholder} spellcheck={false} />}
    </Field>
  )
}

interface PickProps extends FieldProps {
  /** Each with what it is called; the first one is the default. */
  values: Readonly<Record<string, string>>
}

/** One of a few values. */
export function PickField({ values, ...field }: PickProps) {
  return (
    <Field {...field}>
      {({ value, ...control }) => (
        <select {...control} value={value === '' ? Object.keys(values)[0] : value}>
          {Object.entries(values).map(([one, called]) => (
            <option key={one} value={one}>
              {called}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
