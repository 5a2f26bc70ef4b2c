import type { System } from '../../../../client.ts'
import { formatStretch } from '../../../../src/format/stretch.ts'
import { serverAheadMs } from '../../format/clock.ts'
import { stats } from '../../live/server.ts'
import { Instant } from '../../parts/instant.tsx'
import { differenceOf } from '../../shell/banners.tsx'

const NOTABLE_MS = 1_000
const MIB = 1_048_576

/** What a service says of itself, each with its name. */
export function Facts({ of: system }: { of: System }) {
  const { store, backlog, cache, retention } = system
  const { oldest_due_age_ms: age } = backlog
  const ahead = serverAheadMs.value
  return (
    <dl>
      <dt>Version</dt>
      <dd>
        <span>{system.version}</span>, on Node {system.node}, started{' '}
        <Instant at={system.started_at} />
      </dd>
      <dt>Server clock</dt>
      <dd>
        {Math.abs(ahead) < NOTABLE_MS
          ? 'agrees with this browser'
          : `${differenceOf(ahead)} this browser's`}
      </dd>
      <dt>Running</dt>
      <dd>
        {counted(backlog.running)}, in all replicas
        {stats.value !== null &&
          `; ${stats.value.slots_used} of ${stats.value.slots} slots taken in the one that answers`}
      </dd>
      <dt>Due</dt>
      <dd>
        {backlog.due === 0
          ? 'nothing waits'
          : `${counted(backlog.due)} waiting, for ${formatStretch(age ?? 0)}`}
      </dd>
      <dt>Pending</dt>
      <dd>{counted(backlog.pending)}</dd>
      <dt>Store</dt>
      <dd>
        {store.version}
        {store.size_bytes !== null && `, ${(store.size_bytes / MIB).toFixed(1)} MiB`}, answers in{' '}
        {store.latency_ms} ms; clocks {store.clock_offset_ms} ms apart
      </dd>
      {cache !== null && (
        <>
          <dt>Cache</dt>
          <dd>
            {cache.size} of {cache.max} jobs
            {cache.hit_rate !== null && `, ${Math.round(cache.hit_rate * 100)} % of reads`}
          </dd>
        </>
      )}
      <dt>Retention</dt>
      <dd>
        {retention.age}, and {retention.count} runs of each job
      </dd>
    </dl>
  )
}

/** What is due is counted to a thousand of each priority, runs to ten thousand. */
const COUNTED_TO = 1_000

function counted(count: number): string {
  return count >= COUNTED_TO ? `${COUNTED_TO.toLocaleString('en')} or more` : String(count)
}
