import type { Job } from '../../../../client.ts'
import { ActionButton } from '../../parts/action-button.tsx'
import { Instant } from '../../parts/instant.tsx'
import { useGrowingList } from '../../parts/pages.ts'
import { Shown } from '../../parts/shown.tsx'

/** What was done to a job, when and by whom. */
export function Changes({ job }: { job: Job }) {
  const changes = useGrowingList(`${job.id} ${job.version} ${job.state}`, (asking) =>
    asking.listChanges(job.id, { limit: 20 })
  )
  return (
    <>
      <Shown of={changes}>
        {({ items }) => (
          <ol class="changes">
            {[...items, ...changes.older].map((change) => (
              <li key={change.id}>
                <Instant at={change.at} job={job} absolute /> <strong>{change.action}</strong>
                {change.actor !== null && ` by ${change.actor}`}
                {change.detail !== null && <pre>{JSON.stringify(change.detail, null, 2)}</pre>}
              </li>
            ))}
          </ol>
        )}
      </Shown>
      {changes.more !== null && <ActionButton act={changes.more}>Load older</ActionButton>}
    </>
  )
}
