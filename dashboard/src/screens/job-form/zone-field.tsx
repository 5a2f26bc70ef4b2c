import { TextField } from './controls.tsx'
import type { Form } from './form.ts'

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const LIST = 'zones'

/** The zone of a schedule, found by a part of its name. */
export function ZoneField({ form }: { form: Form }) {
  return (
    <>
      <TextField form={form} name="timezone" label="Time zone" placeholder="UTC" list={LIST} />
      <datalist id={LIST}>
        {ZONES.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </>
  )
}
