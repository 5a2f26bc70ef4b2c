import { isHelpShown } from '../keyboard/help.tsx'
import { serviceTitle } from '../live/access.ts'
import { Choice } from '../parts/choice.tsx'
import { theme, THEMES } from '../preferences/theme.ts'
import { ownZone, ZONE_CHOICES, zoneChoice } from '../preferences/zone.ts'
import { hrefOf, navigate, route } from '../routing/route.ts'
import { AccessBadge } from './access-badge.tsx'
import { LiveDot } from './live-dot.tsx'

const PLACES = [
  ['', 'Overview'],
  ['jobs', 'Jobs'],
  ['runs', 'Runs'],
  ['schedule', 'Schedule'],
  ['system', 'System']
] as const

/** What is on every screen: where one can go, a search, and how things are shown. */
export function Header() {
  const [place = ''] = route.value.path
  return (
    <header>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the content
      </a>
      <a class="brand" href={hrefOf([])}>
        {serviceTitle.value}
      </a>
      <nav aria-label="Screens">
        {PLACES.map(([word, name]) => (
          <a key={word} href={hrefOf([word])} aria-current={word === place ? 'page' : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <form role="search" onSubmit={search}>
        <input
          id="search"
          name="q"
          type="search"
          placeholder="Search jobs  ( / )"
          aria-label="Search jobs"
          maxLength={200}
        />
      </form>
      <AccessBadge />
      <LiveDot />
      <Choice
        label="Time zone"
        of={zoneChoice}
        values={ZONE_CHOICES}
        names={{ mine: ownZone, job: "Job's zone", utc: 'UTC' }}
      />
      <Choice
        label="Theme"
        of={theme}
        values={THEMES}
        names={{ system: 'Auto', light: 'Light', dark: 'Dark' }}
      />
      <button type="button" aria-label="Keys" onClick={() => void (isHelpShown.value = true)}>
        ?
      </button>
    </header>
  )
}

/** The address belongs to the screens: a link to a place in one would leave it. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function search(event: SubmitEvent): void {
  event.preventDefault()
  if (!(event.currentTarget instanceof HTMLFormElement)) return
  const typed = new FormData(event.currentTarget).get('q')
  navigate(['jobs'], { q: typeof typed === 'string' ? typed : null })
  document.getElementById('main')?.focus()
}
