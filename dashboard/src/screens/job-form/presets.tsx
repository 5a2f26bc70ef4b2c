import type { Form } from './form.ts'

const PRESETS = {
  'Every 5 min': '*/5 * * * *',
  Hourly: '0 * * * *',
  'Daily 02:00': '0 2 * * *',
  'Weekdays 09:00': '0 9 * * 1-5',
  'Monthly, 1st': '0 0 1 * *'
}

/** Schedules that most people mean. */
export function Presets({ form }: { form: Form }) {
  return (
    <div class="row" role="group" aria-label="Presets">
      {Object.entries(PRESETS).map(([name, schedule]) => (
        <button
          key={name}
          type="button"
          class="preset"
          onClick={() => form.setField('schedule', schedule)}
        >
          {name}
        </button>
      ))}
    </div>
  )
}
