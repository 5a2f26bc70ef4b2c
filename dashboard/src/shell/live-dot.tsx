import { connection, heardAt, togglePaused, type ConnectionState } from '../live/connection.ts'
import { formatInstant } from '../format/instant.ts'
import { ownZone } from '../preferences/zone.ts'

const WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  paused: 'Paused',
  reconnecting: 'Reconnecting'
}

/** Whether what is shown is what is; a click pauses it. */
export function LiveDot() {
  const state = connection.value
  const since = heardAt.value === null ? '' : formatInstant(heardAt.value, ownZone)
  return (
    <button
      type="button"
      class={`live ${state}`}
      title={since === '' ? 'Updates' : `Last heard ${since}`}
      aria-pressed={state === 'paused'}
      onClick={togglePaused}
    >
      <span class="dot" aria-hidden="true" />
      {WORDS[state]}
    </button>
  )
}
