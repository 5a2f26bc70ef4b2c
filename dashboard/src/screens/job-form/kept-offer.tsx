import { formatInstant } from '../../format/instant.ts'
import { ownZone } from '../../preferences/zone.ts'

interface KeptOfferProps {
  /** Epoch milliseconds. */
  at: number
  takeUp: () => void
  drop: () => void
}

/** Offers what was typed before and not saved. */
export function KeptOffer({ at, takeUp, drop }: KeptOfferProps) {
  // The button that had the focus is gone then.
  const then = (act: () => void) => (): void => {
    act()
    document.getElementById('main')?.focus()
  }
  return (
    <div class="notice" role="status">
      <span>A draft of {formatInstant(at, ownZone)} was not saved.</span>
      <span class="row">
        <button type="button" onClick={then(takeUp)}>
          Go on with it
        </button>
        <button type="button" onClick={then(drop)}>
          Drop it
        </button>
      </span>
    </div>
  )
}
