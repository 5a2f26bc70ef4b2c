import type { JobInput } from '../../../../client.ts'
import type { PreviewInput } from '../../../../src/domain/preview.ts'
import type { Upcoming } from '../../../../src/domain/upcoming.ts'
import { formatInstant } from '../../format/instant.ts'
import { ownZone } from '../../preferences/zone.ts'
import { useTyped } from '../../parts/typed.ts'
import { written } from './draft.ts'
import type { Form } from './form.ts'

const TIMING = [
  'schedule',
  'start_date',
  'repeat_interval',
  'end_date',
  'max_runs',
  'timezone',
  'dst',
  'jitter',
  'exclude'
] as const satisfies readonly (keyof JobInput & keyof PreviewInput)[]

/** What the schedule means, said by the service while it is typed. */
export function Preview({ form }: { form: Form }) {
  const { draft, base } = form.work.value
  const { input } = written(draft, base)
  const asked = timingOf(input)
  const { answer: preview, error } = useTyped(asked && JSON.stringify(asked), (asking) =>
    asking.preview(asked ?? {})
  )
  return (
    <section class="preview" aria-label="Preview">
      <p class="lead" aria-live="polite">
        {preview?.description}
      </p>
      {asked === null && <p class="hint">Say when it runs, and see here what that means.</p>}
      {error !== null && <p class="hint">{error.message}</p>}
      {preview?.warnings.map(({ detail }) => (
        <p key={detail} class="warning">
          {detail}
        </p>
      ))}
      <ol class="upcoming" aria-label="Next runs">
        {preview?.next.map((next) => (
          <Next key={next.at} next={next} zone={input.timezone ?? 'UTC'} />
        ))}
      </ol>
    </section>
  )
}

function Next({ next, zone }: { next: Upcoming; zone: string }) {
  return (
    <li>
      <time dateTime={next.at}>{next.local.replace('T', ' ')}</time>
      {zone !== ownZone && <span class="hint"> yours {formatInstant(next.at, ownZone)}</span>}{' '}
      <span class="hint">{next.note}</span>
    </li>
  )
}

/** Null for a job that does not say yet when it runs. */
function timingOf(input: JobInput): PreviewInput | null {
  const { schedule, repeat_interval: every, start_date: at } = input
  if (schedule === undefined && every === undefined && at === undefined) return null
  return Object.fromEntries(TIMING.map((name) => [name, input[name]]))
}
