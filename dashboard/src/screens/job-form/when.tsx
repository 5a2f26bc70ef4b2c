import { TextField, PickField } from './controls.tsx'
import { DateField } from './date-field.tsx'
import type { Timing } from './fields.ts'
import type { Form } from './form.ts'
import { Presets } from './presets.tsx'
import { Preview } from './preview.tsx'
import { Radios } from './radios.tsx'
import { ZoneField } from './zone-field.tsx'

const TIMINGS: readonly Timing[] = ['cron', 'interval', 'once']
const TIMING_NAMES = { cron: 'Cron', interval: 'Every so often', once: 'Once' }

const GAPS = { shift: 'Run when the clock has jumped', skip: 'Leave it out' }
const OVERLAPS = { first: 'Run the first time', both: 'Run both times' }

/** When the job runs. */
export function When({ form }: { form: Form }) {
  const { timing } = form.work.value.draft
  return (
    <fieldset>
      <legend>When</legend>
      <Radios
        label="Schedule"
        value={timing}
        values={TIMINGS}
        names={TIMING_NAMES}
        choose={(chosen) => form.change({ timing: chosen })}
      />
      {timing === 'cron' && (
        <>
          <TextField
            form={form}
            name="schedule"
            label="Cron expression"
            placeholder="0 9 * * 1-5"
            hint="Minute, hour, day of month, month, weekday."
          />
          <Presets form={form} />
        </>
      )}
      {timing === 'interval' && (
        <TextField
          form={form}
          name="repeat_interval"
          label="Every"
          placeholder="1h30m"
          hint="Such as 90s, 15m, 24h or 7d."
        />
      )}
      <div class="fields">
        <ZoneField form={form} />
        <DateField form={form} name="start_date" label={timing === 'once' ? 'At' : 'Not before'} />
      </div>
      <details>
        <summary>More about when</summary>
        <div class="fields">
          <DateField form={form} name="end_date" label="Not after" />
          <TextField form={form} name="max_runs" label="Runs until it is finished" />
          <TextField
            form={form}
            name="jitter"
            label="Jitter"
            placeholder="0s"
            hint="Each start is delayed by up to this."
          />
          <PickField form={form} name="dst_gap" label="A time the clock leaves out" values={GAPS} />
          <PickField
            form={form}
            name="dst_overlap"
            label="A time the clock repeats"
            values={OVERLAPS}
          />
        </div>
      </details>
      <Preview form={form} />
    </fieldset>
  )
}
