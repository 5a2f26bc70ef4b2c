import { useEffect, useRef } from 'preact/hooks'
import { idOf } from './field.tsx'
import { fieldAt } from './fields.ts'
import type { Form } from './form.ts'

interface FaultsProps {
  form: Form
  /** What else kept it from being saved; null when the fields say it all. */
  error: Error | null
}

/** All that is wrong, above the form; it takes the focus, and leads to the fields. */
export function Faults({ form, error }: FaultsProps) {
  const place = useRef<HTMLElement>(null)
  const faults = form.faults.value
  const isGood = faults.length === 0 && error === null
  useEffect(() => {
    if (!isGood) place.current?.focus()
  }, [faults, error])
  if (isGood) return null
  return (
    <section ref={place} class="failure" tabIndex={-1} aria-labelledby="not-saved">
      <h2 id="not-saved">Not saved</h2>
      {error !== null && <p>{error.message}</p>}
      <ul>
        {faults.map(({ pointer, detail }) => (
          <li key={pointer + detail}>
            <FaultLink pointer={pointer} detail={detail} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function FaultLink({ pointer, detail }: { pointer: string; detail: string }) {
  const at = fieldAt(pointer)
  if (at === null) return <>{detail}</>
  const id = idOf(at)
  // The address belongs to the screens, as in the header.
  const go = (event: Event): void => {
    event.preventDefault()
    const control = document.getElementById(id)
    const more = control?.closest('details')
    if (more) more.open = true
    control?.focus()
  }
  return (
    <a href={`#${id}`} onClick={go}>
      {detail}
    </a>
  )
}
