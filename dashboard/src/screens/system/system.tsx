import { useEffect } from 'preact/hooks'
import { serverAheadMs } from '../../format/clock.ts'
import { health, lookAtHealth, replicas, serverVersion, stats } from '../../live/server.ts'
import { Instant } from '../../parts/instant.tsx'
import { addressOf } from '../../service.ts'
import { differenceOf } from '../../shell/banners.tsx'
import { Screen } from '../../shell/screen.tsx'

const NOTABLE_MS = 1_000

/** The service itself: whether it can do its work, and how much there is of it. */
export function System() {
  useEffect(() => void lookAtHealth(), [])
  const ahead = serverAheadMs.value
  return (
    <Screen title="System">
      <Health />
      <dl>
        <dt>Version</dt>
        <dd>{serverVersion.value ?? '–'}</dd>
        <dt>Server clock</dt>
        <dd>
          {Math.abs(ahead) < NOTABLE_MS
            ? 'agrees with this browser'
            : `${differenceOf(ahead)} this browser's`}
        </dd>
        <Numbers />
      </dl>
      <Replicas />
      <h2>Elsewhere</h2>
      <ul>
        <li>
          <a href={addressOf('docs/')}>The API, described</a>
        </li>
        <li>
          <a href={addressOf('metrics')}>Metrics for Prometheus</a>
        </li>
        <li>
          <a href={addressOf('readyz')}>Health, for probes</a>
        </li>
      </ul>
    </Screen>
  )
}

function Health() {
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

/** A count stops at a thousand: the service counts no further. */
const COUNTED_TO = 1_000

function Numbers() {
  if (stats.value === null) return null
  const { running, due, slots, slots_used: used } = stats.value
  return (
    <>
      <dt>Running</dt>
      <dd>{counted(running)}, in all replicas</dd>
      <dt>Due</dt>
      <dd>{due === 0 ? 'nothing waits' : `${counted(due)} waiting`}</dd>
      <dt>Slots</dt>
      <dd>
        {used} of {slots} taken, in the replica that answers
      </dd>
    </>
  )
}

function counted(count: number): string {
  return count >= COUNTED_TO ? `${COUNTED_TO.toLocaleString('en')} or more` : String(count)
}

function Replicas() {
  const told = [...replicas.value.values()]
  return (
    <>
      <h2>Replicas</h2>
      {told.length === 0 ? (
        <p>None came or went since this page was opened.</p>
      ) : (
        <table class="cards">
          <caption class="visually-hidden">Replicas that came or went</caption>
          <thead>
            <tr>
              <th scope="col">Replica</th>
              <th scope="col">What</th>
              <th scope="col">Version</th>
              <th scope="col">Started</th>
            </tr>
          </thead>
          <tbody>
            {told.map(({ id, name, change, version, started_at: at }) => (
              <tr key={id}>
                <th scope="row" data-label="Replica">
                  {name}
                </th>
                <td data-label="What">{change}</td>
                <td data-label="Version">{version}</td>
                <td data-label="Started">
                  <Instant at={at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  )
}
