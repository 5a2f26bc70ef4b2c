import { Beneath, described, idOf } from './field.tsx'
import { HEADERS_AT } from './fields.ts'
import type { Form } from './form.ts'
import { isShown, type HeaderRow } from './header-rows.ts'

const HIDDEN = { type: 'password' } as const
const OPEN = { type: 'text' } as const

/** The headers of a request, each a row of its own. */
export function Headers({ form }: { form: Form }) {
  const { headers } = form.work.value.draft
  const id = idOf(HEADERS_AT)
  const set = (index: number, change: Partial<HeaderRow>): void =>
    form.change({ headers: headers.map((row, at) => (at === index ? { ...row, ...change } : row)) })
  const add = (): void =>
    form.change({ headers: [...headers, { name: '', text: '', isSecret: false }] })
  const remove = (index: number): void => {
    form.change({ headers: headers.toSpliced(index, 1) })
    // What had the focus is gone.
    document.getElementById(id)?.focus()
  }
  const said = described(form, HEADERS_AT, false)
  return (
    <div class="field" role="group" aria-labelledby={`${id}-group`}>
      <span class="label" id={`${id}-group`}>
        Headers
      </span>
      {headers.map((row, index) => (
        <div key={index} class="row header">
          <input
            aria-label={`Header ${index + 1}, name`}
            placeholder="Name"
            value={row.name}
            {...said}
            onInput={({ currentTarget }) => set(index, { name: currentTarget.value })}
          />
          <input
            aria-label={`Header ${index + 1}, value`}
            placeholder="Value"
            {...(row.isSecret && !isShown(row) ? HIDDEN : OPEN)}
            autocomplete="off"
            value={row.text}
            {...said}
            onInput={({ currentTarget }) => set(index, { text: currentTarget.value })}
          />
          <label class="radio">
            <input
              type="checkbox"
              aria-label={`Header ${index + 1}, secret`}
              checked={row.isSecret}
              onChange={({ currentTarget: { checked } }) =>
                // What is shown of a secret is no value.
                set(index, { isSecret: checked, ...(isShown(row) && { text: '' }) })
              }
            />
            Secret
          </label>
          <button
            type="button"
            onClick={() => remove(index)}
            aria-label={`Remove header ${index + 1}`}
          >
            ×
          </button>
        </div>
      ))}
      <Beneath form={form} at={HEADERS_AT} />
      <div class="row">
        <button type="button" id={id} onClick={add}>
          Add a header
        </button>
      </div>
    </div>
  )
}
