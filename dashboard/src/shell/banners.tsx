import { serverAheadMs } from '../format/clock.ts'
import { formatStretch } from '../../../src/format/stretch.ts'
import { formatInstant } from '../format/instant.ts'
import { isAnswering, shownUntil } from '../live/answers.ts'
import { health } from '../live/server.ts'
import { ownZone } from '../preferences/zone.ts'
import { SchedulingBanners } from './scheduling-banners.tsx'

/** Less than this is of no account to a reader. */
const MAX_DIFFERENCE_MS = 30_000

/** What concerns every screen: the service does not answer, starts nothing, cannot do its work, or its clock is another. */
export function Banners() {
  const ahead = serverAheadMs.value
  const faults = health.value?.ready === false ? health.value.faults : null
  return (
    <div role="status">
      <SchedulingBanners />
      {!isAnswering.value && shownUntil.value !== null && (
        <p class="banner">
          <strong>The service does not answer.</strong> What you see is of{' '}
          {formatInstant(shownUntil.value, ownZone)}; it is asked again every few seconds.
        </p>
      )}
      {faults !== null && (
        <p class="banner">
          <strong>The service is not ready.</strong> {faults.join(' ')}
        </p>
      )}
      {Math.abs(ahead) > MAX_DIFFERENCE_MS && (
        <p class="banner">
          <strong>The clocks do not agree.</strong> That of the server is {differenceOf(ahead)} this
          browser's; times here go by the server's.
        </p>
      )}
    </div>
  )
}

/** How the server's clock stands to the browser's. */
export function differenceOf(aheadMs: number): string {
  const distance = formatStretch(Math.abs(aheadMs))
  return aheadMs > 0 ? `${distance} ahead of` : `${distance} behind`
}
