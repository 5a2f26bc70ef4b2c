import { now } from '../format/clock.ts'
import { formatInstant } from '../format/instant.ts'
import { formatRelative } from '../format/relative.ts'
import { zoneOf } from '../preferences/zone.ts'

interface InstantProps {
  /** RFC 3339. */
  at: string
  /** Whose zone it is shown in, if the reader wants that of the job. */
  job?: { timezone: string } | null
  /** The whole date instead of the distance from now. */
  absolute?: boolean
}

/** An instant by its distance from now, and by the clock when pointed at; or the other way round. */
export function Instant({ at, job = null, absolute = false }: InstantProps) {
  const whole = formatInstant(at, zoneOf(job))
  const relative = formatRelative(Date.parse(at), now.value)
  return (
    <time dateTime={at} title={absolute ? relative : whole}>
      {absolute ? whole : relative}
    </time>
  )
}
