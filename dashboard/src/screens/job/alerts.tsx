import { useState } from 'preact/hooks'
import type { Job } from '../../../../client.ts'
import { Code } from '../../parts/code.tsx'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { alertQueries, longestGapMs } from './alert-queries.ts'

/** So many occurrences tell how far they lie apart: weekdays, for one, need more than five. */
const LOOKED_AT = 20

/** Questions to Prometheus about this job, ready to be made alerts of. */
export function Alerts({ job }: { job: Job }) {
  const [periods, setPeriods] = useState(2)
  const gap = useLoaded(`${job.id} ${job.version}`, async (asking) => {
    const { next } = await asking.listNext(job.id, { count: LOOKED_AT })
    return { ms: longestGapMs(next.map(({ at }) => Date.parse(at))) }
  })
  return (
    <Shown of={gap}>
      {({ ms }) => (
        <>
          <p>Each has an answer in Prometheus as soon as this job is in trouble.</p>
          {ms !== null && (
            <label>
              Periods without success{' '}
              <input
                type="number"
                min={1}
                value={periods}
                onChange={({ currentTarget }) =>
                  setPeriods(Math.max(currentTarget.valueAsNumber || 1, 1))
                }
              />
            </label>
          )}
          {alertQueries(job.id, ms, periods).map(({ title, promql }) => (
            <section key={title}>
              <h2>{title}</h2>
              <Code label={title} text={promql} />
            </section>
          ))}
        </>
      )}
    </Shown>
  )
}
