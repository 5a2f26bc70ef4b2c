import { useEffect, useRef } from 'preact/hooks'
import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { hrefOf } from '../../routing/route.ts'
import { readOccurrences, type UpcomingJobs } from './read-occurrences.ts'
import type { Hour } from './week-grid.ts'

interface ChosenHourProps {
  hour: Hour
  tag: string | undefined
  close: () => void
}

/** What is due in an hour, in a dialog of its own. */
export function ChosenHour({ hour, tag, close }: ChosenHourProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const isPast = hour.to <= thisMinute.value
  const title = isPast ? `${hour.name}: past` : `${hour.name}: ${hour.count} due`
  return (
    <dialog ref={dialog} aria-label={title} onClose={close}>
      <h2>{title}</h2>
      {isPast ? <Past hour={hour} /> : hour.count > 0 && <Due hour={hour} tag={tag} />}
      <button type="button" onClick={() => dialog.current?.close()}>
        Close
      </button>
    </dialog>
  )
}

function Past({ hour }: { hour: Hour }) {
  const [from, to] = [new Date(hour.from).toISOString(), new Date(hour.to).toISOString()]
  return (
    <p>
      <a href={hrefOf(['runs'], { from, to })}>What ran then</a>
    </p>
  )
}

/** The jobs, as far as their next occurrences reach; what cannot be told is counted. */
function Due({ hour, tag }: Omit<ChosenHourProps, 'close'>) {
  const upcoming = useLoaded('', (asking) => readOccurrences(asking, tag))
  return (
    <Shown of={upcoming}>
      {(found) => {
        const named = namedIn(hour, found)
        const rest = hour.count - named.reduce((sum, { count }) => sum + count, 0)
        return (
          <>
            <ul>
              {named.map(({ id, name, count }) => (
                <li key={id}>
                  <a href={hrefOf(['jobs', id])}>{name}</a>
                  {count > 1 && `, ${count} times`}
                </li>
              ))}
            </ul>
            {rest > 0 && (
              <p class="hint">
                {counted(rest, named.length > 0 ? 'more run' : 'run')} of jobs that are due too
                often, or too late, to be named here.
              </p>
            )}
          </>
        )
      }}
    </Shown>
  )
}

function namedIn({ from, to }: Hour, { jobs }: UpcomingJobs) {
  return jobs.flatMap(({ job: { id, name }, at }) => {
    const count = at.filter((one) => one >= from && one < to).length
    return count === 0 ? [] : [{ id, name, count }]
  })
}
