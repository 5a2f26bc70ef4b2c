import type { ManifestReport } from '../client.ts'

const SIGNS = { created: '+', updated: '~', unchanged: ' ', deleted: '-' } as const

/** What a manifest does, for people: a line a job, and below it each field that changes. */
export function planOf(report: ManifestReport): string {
  const changes = report.changes.filter(({ action }) => action !== 'unchanged')
  const lines = changes.flatMap(({ action, key, name, diff, next_run_at: next }) => [
    `${SIGNS[action]} ${action} ${key} "${name}"${next === null ? '' : `, next at ${next}`}`,
    ...Object.entries(diff ?? {}).map(
      ([field, { before, after }]) => `    ${field}: ${shown(before)} → ${shown(after)}`
    )
  ])
  const { created, updated, unchanged, deleted, dry_run: isDry } = report
  const sum = `${created} created, ${updated} updated, ${unchanged} unchanged, ${deleted} deleted.`
  const would = isDry ? 'Nothing was changed; it would be: ' : ''
  return `${[...lines, would + sum].join('\n')}\n`
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? 'nothing'
}
