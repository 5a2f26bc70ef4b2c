import { useState } from 'preact/hooks'
import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { useHourly } from '../../live/hourly.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { zoneOf } from '../../preferences/zone.ts'
import { ChosenHour } from './chosen-hour.tsx'
import { changesPlan } from './plan-news.ts'
import { tagged } from './read-occurrences.ts'
import { WeekTable } from './week-table.tsx'
import { gridOf, weekOf, type Hour } from './week-grid.ts'

/** How much is due in each hour of seven days, on the clock of the chosen zone. */
export function Week({ tag }: { tag: string | undefined }) {
  const zone = zoneOf(null)
  const [chosen, choose] = useState<Hour | null>(null)
  const week = weekOf(thisMinute.value, zone)
  const planned = useLoaded(`${zone} ${week.from} ${tag}`, async (asking) => {
    const [from, to] = [new Date(week.from).toISOString(), new Date(week.to).toISOString()]
    const forecast = await asking.forecast({ from, to, bucket: '1h', ...tagged(tag) })
    return { ...forecast, days: week.days, grid: gridOf(forecast.buckets, week, zone) }
  })
  useNews(changesPlan, planned.reload)
  useHourly(planned.reload)
  return (
    <Shown of={planned}>
      {({ days, grid, jobs, truncated }) => (
        <>
          <Peak grid={grid} zone={zone} />
          {truncated && <p class="hint">Only the first {jobs} jobs are counted.</p>}
          <WeekTable days={days} grid={grid} choose={choose} />
          {chosen !== null && <ChosenHour hour={chosen} tag={tag} close={() => choose(null)} />}
        </>
      )}
    </Shown>
  )
}

/** The sum, and the hour in which most is due. */
function Peak({ grid, zone }: { grid: readonly (Hour | null)[][]; zone: string }) {
  const hours = grid.flat().filter((hour) => hour !== null)
  const total = hours.reduce((sum, { count }) => sum + count, 0)
  const [first, ...others] = hours
  if (first === undefined || total === 0) return <p class="lead">Nothing due in this window.</p>
  const isBusier = (one: Hour, other: Hour): boolean =>
    one.count > other.count || (one.count === other.count && one.from < other.from)
  const peak = others.reduce((best, hour) => (isBusier(hour, best) ? hour : best), first)
  return (
    <p class="lead">
      {counted(total, 'run')} due in these seven days; the busiest hour is {peak.name}, with{' '}
      {peak.count}. <span class="hint">Hours of {zone}.</span>
    </p>
  )
}
