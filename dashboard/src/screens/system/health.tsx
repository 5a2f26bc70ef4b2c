import { health } from '../../live/server.ts'

/** Whether the service is ready, and what keeps it from that. */
export function Health() {
  if (health.value === null) return <p>Whether it is ready is not known yet.</p>
  const { ready, faults } = health.value
  if (ready) {
    return (
      <p class="lead state succeeded">
        <span aria-hidden="true">✓</span> Ready
      </p>
    )
  }
  return (
    <div class="failure">
      <p class="state failed">
        <span aria-hidden="true">✗</span> Not ready
      </p>
      {faults.map((fault) => (
        <p key={fault}>{fault}</p>
      ))}
    </div>
  )
}
