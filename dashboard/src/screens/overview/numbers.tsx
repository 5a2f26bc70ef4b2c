import { stats } from '../../live/server.ts'
import { hrefOf } from '../../routing/route.ts'

/** Counts, each a way to the list behind it. */
export function Numbers({ enabled, paused }: { enabled: number; paused: number }) {
  const told = stats.value
  const numbers = [
    ['enabled', enabled, hrefOf(['jobs'], { state: 'enabled' })],
    ['paused', paused, hrefOf(['jobs'], { state: 'paused' })],
    ['running', told?.running ?? '–', hrefOf(['runs'], { state: 'running' })],
    ['due', told?.due ?? '–', hrefOf(['runs'], { state: 'pending' })]
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
