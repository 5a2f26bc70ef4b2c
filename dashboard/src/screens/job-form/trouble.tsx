import { PickField, TextField } from './controls.tsx'
import { defaultsOf } from './definition.ts'
import type { Form } from './form.ts'

const OVERLAPS = {
  skip: 'Skip the new run',
  queue_one: 'Let the latest one wait',
  queue_all: 'Let all of them wait',
  replace: 'Cancel the one that runs',
  allow: 'Run both'
}
const MISFIRES = { latest: 'Run the latest', all: 'Run all of them', skip: 'Run none' }

/** What happens when it does not go as it should; what is empty has the default that is shown. */
export function Trouble({ form }: { form: Form }) {
  const { timeout, retry, priority } = defaultsOf(form.work.value.draft.target)
  return (
    <fieldset>
      <legend>If something goes wrong</legend>
      <div class="fields">
        <TextField form={form} name="timeout" label="Time for one attempt" placeholder={timeout} />
        <TextField
          form={form}
          name="max_attempts"
          label="Attempts"
          placeholder={String(retry.max_attempts)}
        />
        <TextField
          form={form}
          name="backoff_initial"
          label="Wait before the second attempt"
          placeholder={retry.initial}
        />
        <TextField form={form} name="backoff_max" label="Longest wait" placeholder={retry.max} />
        <PickField
          form={form}
          name="overlap"
          label="Due while another run of it goes on"
          values={OVERLAPS}
        />
        <PickField
          form={form}
          name="misfire"
          label="Missed while nothing could run"
          values={MISFIRES}
        />
        <TextField
          form={form}
          name="priority"
          label="Priority"
          placeholder={String(priority)}
          hint="From -100 to 100; the higher, the earlier."
        />
      </div>
    </fieldset>
  )
}
