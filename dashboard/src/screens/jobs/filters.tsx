import { useRef } from 'preact/hooks'
import { SelectQuery } from '../../parts/select-query.tsx'
import { TextQuery } from '../../parts/text-query.tsx'
import { changeQuery, route } from '../../routing/route.ts'

const STATES = ['enabled', 'paused', 'finished']
const TARGETS = ['log', 'http', 'handler', 'command']
const OUTCOMES = ['succeeded', 'failed', 'cancelled']
const SORTS = {
  name: 'By name',
  '-name': 'By name, backwards',
  next_run_at: 'Next run first',
  '-last_run_at': 'Last run first',
  '-consecutive_failures': 'Most failures first'
}

/** Typing is over when nothing came for so long. */
const DEBOUNCE_MS = 200

/** What narrows the list; all of it is in the address, to be shared and to be come back to. */
export function Filters() {
  const { query } = route.value
  const timer = useRef<number | undefined>(undefined)
  const type = (text: string): void => {
    clearTimeout(timer.current)
    timer.current = window.setTimeout(() => changeQuery({ q: text, cursor: null }), DEBOUNCE_MS)
  }
  return (
    <form
      class="filters"
      role="search"
      aria-label="Filter"
      onSubmit={(event) => event.preventDefault()}
    >
      <input
        type="search"
        aria-label="Name contains"
        placeholder="Name contains"
        maxLength={200}
        value={query['q'] ?? ''}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      <TextQuery name="tag" label="Tag" />
      <SelectQuery name="state" label="Any state" values={STATES} />
      <SelectQuery name="target" label="Any target" values={TARGETS} />
      <SelectQuery name="outcome" label="Any last result" values={OUTCOMES} />
      <SelectQuery name="sort" label="Oldest first" values={Object.keys(SORTS)} names={SORTS} />
    </form>
  )
}
