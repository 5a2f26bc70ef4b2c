import type { System } from '../../../../client.ts'
import { Instant } from '../../parts/instant.tsx'

const STATES = {
  live: ['succeeded', '✓'],
  expired: ['failed', '✗'],
  stopped: ['cancelled', '○']
} as const

/** Who carries out runs, and who did within the last hour. */
export function Replicas({ of: replicas }: { of: System['replicas'] }) {
  return (
    <>
      <h2>Replicas</h2>
      {replicas.length === 0 ? (
        <p>None: this process serves the API alone.</p>
      ) : (
        <table class="cards">
          <caption class="visually-hidden">Replicas, those of the last hour too</caption>
          <thead>
            <tr>
              {['Replica', 'State', 'Running', 'Version', 'Started', 'Last look'].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {replicas.map((replica) => (
              <Row key={replica.id} of={replica} />
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}

function Row({ of: replica }: { of: System['replicas'][number] }) {
  const { name, state, running, slots, version, started_at: at, passed_at: looked } = replica
  const [kind, icon] = STATES[state]
  return (
    <tr>
      <th scope="row" data-label="Replica">
        {name}
        {replica.this && <span class="tag">answers</span>}
      </th>
      <td data-label="State">
        <span class={`state ${kind}`}>
          <span aria-hidden="true">{icon}</span> {state}
        </span>
      </td>
      <td data-label="Running">
        {running} of {slots ?? '?'}
      </td>
      <td data-label="Version">{version}</td>
      <td data-label="Started">
        <Instant at={at} />
      </td>
      <td data-label="Last look">{looked === null ? '–' : <Instant at={looked} />}</td>
    </tr>
  )
}
