import type { System } from '../../../../client.ts'
import { Instant } from '../../parts/instant.tsx'
import { Table } from '../../parts/table.tsx'

type Replica = System['replicas'][number]

const STATES = {
  live: ['succeeded', '✓'],
  expired: ['failed', '✗'],
  stopped: ['cancelled', '○']
} as const

/** Who carries out runs, and who did within the last hour. */
export function Replicas({ of: replicas }: { of: readonly Replica[] }) {
  return (
    <>
      <h2>Replicas</h2>
      {replicas.length === 0 ? (
        <p>None: this process serves the API alone.</p>
      ) : (
        <Table
          caption="Replicas, those of the last hour too"
          head="Replica"
          rows={replicas}
          keyOf={({ id }) => id}
          columns={[
            ['Replica', (replica) => <Name of={replica} />],
            ['State', ({ state }) => <State of={state} />],
            ['Running', ({ running, slots }) => `${running} of ${slots ?? '?'}`],
            ['Version', ({ version }) => version],
            ['Started', ({ started_at: at }) => <Instant at={at} />],
            ['Last look', ({ passed_at: at }) => (at === null ? '–' : <Instant at={at} />)]
          ]}
        />
      )}
    </>
  )
}

function Name({ of: replica }: { of: Replica }) {
  return (
    <>
      {replica.name}
      {replica.this && <span class="tag">answers</span>}
    </>
  )
}

function State({ of: state }: { of: Replica['state'] }) {
  const [kind, icon] = STATES[state]
  return (
    <span class={`state ${kind}`}>
      <span aria-hidden="true">{icon}</span> {state}
    </span>
  )
}
