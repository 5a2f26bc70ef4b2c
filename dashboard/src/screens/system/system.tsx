import { useEffect } from 'preact/hooks'
import { connection } from '../../live/connection.ts'
import { lookAtHealth } from '../../live/server.ts'
import { useNews } from '../../live/news.ts'
import { useLoaded } from '../../parts/loaded.ts'
import { Shown } from '../../parts/shown.tsx'
import { addressOf } from '../../service.ts'
import { Screen } from '../../shell/screen.tsx'
import { Facts } from './facts.tsx'
import { Health } from './health.tsx'
import { InForce } from './in-force.tsx'
import { Replicas } from './replicas.tsx'
import { SystemActions } from './system-actions.tsx'

/** That replicas go on looking for what is due is told by no event. */
const LOOK_EVERY_MS = 10_000

const CONCERNS: readonly string[] = ['replica', 'stats', 'scheduling']

/** The service itself: whether it can do its work, who does it, and how much there is of it. */
export function System() {
  useEffect(() => void lookAtHealth(), [])
  const system = useLoaded('', (asking) => asking.system())
  useNews(({ name }) => CONCERNS.includes(name), system.reload)
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden && connection.value !== 'paused') system.reload()
    }, LOOK_EVERY_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <Screen title="System" actions={<SystemActions />}>
      <Health />
      <Shown of={system}>
        {(told) => (
          <>
            <Facts of={told} />
            <Replicas of={told.replicas} />
            <InForce options={told.config} />
          </>
        )}
      </Shown>
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
