import { health } from '../../live/server.ts'
import { StateBadge } from '../../parts/state-badge.tsx'

/** Whether the service is ready, and what keeps it from that. */
export function Health() {
  if (health.value === null) return <p>Whether it is ready is not known yet.</p>
  const { ready, faults } = health.value
  if (ready) {
    return (
      <p class="lead">
        <StateBadge state="succeeded">Ready</StateBadge>
      </p>
    )
  }
  return (
    <div class="failure">
      <p>
        <StateBadge state="failed">Not ready</StateBadge>
      </p>
      {faults.map((fault) => (
        <p key={fault}>{fault}</p>
      ))}
    </div>
  )
}
