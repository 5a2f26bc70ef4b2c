import { hrefOf, route } from '../../routing/route.ts'
import { Screen } from '../../shell/screen.tsx'
import { Timeline } from './timeline.tsx'
import { Week } from './week.tsx'

const VIEWS = { timeline: 'Next 24 hours', week: 'Week' } as const

/** What is planned when: job by job, or how much of it in each hour. */
export function Schedule() {
  const { view = 'timeline' } = route.value.query
  return (
    <Screen title="Schedule">
      <nav class="tabs" aria-label="Views">
        {Object.entries(VIEWS).map(([word, name]) => (
          <a
            key={word}
            href={hrefOf(['schedule'], { view: word })}
            aria-current={word === view ? 'page' : undefined}
          >
            {name}
          </a>
        ))}
      </nav>
      {view === 'week' ? <Week /> : <Timeline />}
    </Screen>
  )
}
