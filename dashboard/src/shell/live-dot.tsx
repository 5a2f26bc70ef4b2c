import { now, serverAheadMs } from '../format/clock.ts'
import { formatTime } from '../format/instant.ts'
import { isAnswering, shownUntil } from '../live/answers.ts'
import { connection, nextTryAt, togglePaused } from '../live/connection.ts'
import { useSaid } from '../live/saying.ts'
import { ownZone } from '../preferences/zone.ts'

/** Whether what is shown is what is; a click pauses it. */
export function LiveDot() {
  const state = connection.value
  useSaid(state === 'connecting' || state === 'reconnecting' ? null : `Updates: ${state}`)
  return (
    <button
      type="button"
      class={`live ${state}`}
      title="Updates as they happen"
      aria-pressed={state === 'paused'}
      onClick={togglePaused}
    >
      <span class="dot" aria-hidden="true" />
      {wordsOf(state)}
    </button>
  )
}

function wordsOf(state: typeof connection.value): string {
  switch (state) {
    case 'connecting':
      return 'Connecting'
    case 'live':
      return 'Live'
    case 'paused':
      return 'Paused'
    case 'reconnecting':
      return `Reconnecting${countdown()}`
    case 'offline':
      // Without events there may be answers, where a proxy keeps streams back.
      return `${isAnswering.value ? 'Polling' : 'Offline'}${showing()}`
  }
}

function countdown(): string {
  const seconds = Math.ceil((nextTryAt.value - now.value + serverAheadMs.value) / 1_000)
  return seconds > 0 ? ` in ${seconds} s` : ''
}

function showing(): string {
  return shownUntil.value === null ? '' : `, showing ${formatTime(shownUntil.value, ownZone)}`
}
