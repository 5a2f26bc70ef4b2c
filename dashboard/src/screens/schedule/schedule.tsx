import { SelectQuery } from '../../parts/select-query.tsx'
import { TextQuery } from '../../parts/text-query.tsx'
import { hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { SPANS, spanOf } from './spans.ts'
import { Timeline } from './timeline.tsx'
import { Week } from './week.tsx'

const VIEWS = { timeline: 'Timeline', week: 'Week' } as const

/** What is planned when: job by job, or how much of it in each hour. */
export function Schedule() {
  const { query } = route.value
  const { view = 'timeline', tag, span } = query
  return (
    <Screen title="Schedule">
      <nav class="tabs" aria-label="Views">
        {Object.entries(VIEWS).map(([word, name]) => (
          <a
            key={word}
            href={hrefOf(['schedule'], { ...query, view: word })}
            aria-current={word === view ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <TextQuery name="tag" label="Tag" />
        {view !== 'week' && (
          <SelectQuery name="span" label={spanOf(undefined).name} values={Object.keys(SPANS)} />
        )}
      </form>
      {view === 'week' ? <Week tag={tag} /> : <Timeline tag={tag} span={spanOf(span)} />}
    </Screen>
  )
}
