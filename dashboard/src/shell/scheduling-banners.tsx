import { scheduling } from '../live/server.ts'
import { Instant } from '../parts/instant.tsx'
import { ResumeScheduling } from '../parts/resume-scheduling.tsx'

/** That nothing is started: because it was asked for, or because nobody is there to do it. */
export function SchedulingBanners() {
  if (scheduling.value === null) return null
  const { paused_at: at, paused_by: by, reason, idle_since: idle } = scheduling.value
  return (
    <>
      {at !== null && (
        <div class="banner row">
          <p>
            <strong>All scheduling is paused</strong> since <Instant at={at} absolute />
            {by !== null && ` by ${by}`}
            {reason !== null && `: ${reason}`}. What runs goes on; nothing else is started.
          </p>
          <ResumeScheduling />
        </div>
      )}
      {idle !== null && (
        <p class="banner">
          <strong>No replica looks for what is due.</strong> One did last at{' '}
          <Instant at={idle} absolute />; nothing is started.
        </p>
      )}
    </>
  )
}
