import { stats } from '../../live/server.ts'
import { hrefOf } from '../../routing/route.ts'
import { sumOf } from './hours.ts'
import type { OverviewData } from './read-overview.ts'

/** Counts, each a way to the list behind it. */
export function Numbers({ data: { enabled, paused, hours } }: { data: OverviewData }) {
  const told = stats.value
  const numbers = [
    ['enabled', enabled, hrefOf(['jobs'], { state: 'enabled' })],
    ...(paused > 0 ? [['paused', paused, hrefOf(['jobs'], { state: 'paused' })] as const] : []),
    ['running', told?.running ?? '–', hrefOf(['runs'], { state: 'running' })],
    ['due', told?.due ?? '–', hrefOf(['runs'], { state: 'pending' })],
    [
      `failed in ${hours.length} h`,
      sumOf(hours).failed,
      hrefOf(['runs'], { state: 'failed', from: hours[0]?.from ?? null })
    ]
  ] as const
  return (
    <ul class="numbers" aria-label="Numbers">
      {numbers.map(([word, count, href]) => (
        <li key={word}>
          <a href={href}>
            <strong>{count}</strong> {word}
          </a>
        </li>
      ))}
    </ul>
  )
}
