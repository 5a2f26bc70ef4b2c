import { thisMinute } from '../../format/clock.ts'
import { counted } from '../../format/counted.ts'
import { useSaid } from '../../live/saying.ts'
import { scheduling } from '../../live/server.ts'
import { Instant } from '../../parts/instant.tsx'
import { StateBadge } from '../../parts/state-badge.tsx'
import { hrefOf } from '../../routing/route.ts'
import { dueAt } from './overdue.ts'
import { LOOKED_AT, type OverviewData } from './read-overview.ts'

interface SentenceProps {
  data: OverviewData
  /** Jobs that need attention. */
  troubled: number
}

/** Why nothing of any job starts; null while it does. */
function heldBack() {
  const { paused_at: pausedAt = null, idle_since: idleSince = null } = scheduling.value ?? {}
  if (pausedAt !== null) {
    return {
      state: 'paused',
      word: 'Paused',
      why: 'nothing starts until scheduling is resumed'
    } as const
  }
  if (idleSince === null) return null
  return { state: 'failed', word: 'At a halt', why: 'no replica looks for what is due' } as const
}

/** How things are, in one sentence. */
export function Sentence({ data, troubled }: SentenceProps) {
  const held = heldBack()
  const calm = held === null ? 'All is quiet' : `${held.word}: ${held.why}`
  useSaid(troubled > 0 ? `In need of attention: ${counted(troubled, 'job')}` : calm)
  if (troubled > 0) {
    const least = data.failing.length === LOOKED_AT ? 'At least ' : ''
    return (
      <p class="lead">
        <StateBadge state="failed">
          {least}
          {counted(troubled, 'job')} {troubled === 1 ? 'needs' : 'need'} attention
        </StateBadge>
      </p>
    )
  }
  if (held !== null) {
    return (
      <p class="lead">
        <StateBadge state={held.state}>{held.word}</StateBadge>: {counted(data.jobs, 'job')},{' '}
        {held.why}
      </p>
    )
  }
  const next = data.coming.find((job) => dueAt(job) >= thisMinute.value)
  return (
    <p class="lead">
      <StateBadge state="succeeded">All quiet</StateBadge>: {counted(data.jobs, 'job')}
      {next !== undefined && next.next_run_at !== null ? (
        <>
          , next run <a href={hrefOf(['jobs', next.id])}>{next.name}</a>{' '}
          <Instant at={next.next_run_at} job={next} />
        </>
      ) : (
        ', nothing is to run'
      )}
    </p>
  )
}
