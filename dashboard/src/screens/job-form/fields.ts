import type { TargetType } from '../../../../src/domain/target.ts'
import { JSON_TEXT, LINES, TEXT, WHOLE, WORDS, type Kind } from './kinds.ts'

/** By what a job knows its times. */
export type Timing = 'cron' | 'interval' | 'once'

interface Field {
  /** Where it stands in a job: a JSON pointer. */
  at: string
  as: Kind
  /** The only kind of schedule or target that has it. */
  of?: Timing | TargetType
}

/** The fields of the form that hold one value. An empty one is left out of the job. */
export const FIELDS = {
  name: { at: '/name', as: TEXT },
  schedule: { at: '/schedule', as: TEXT, of: 'cron' },
  repeat_interval: { at: '/repeat_interval', as: TEXT, of: 'interval' },
  timezone: { at: '/timezone', as: TEXT },
  start_date: { at: '/start_date', as: TEXT },
  end_date: { at: '/end_date', as: TEXT },
  max_runs: { at: '/max_runs', as: WHOLE },
  jitter: { at: '/jitter', as: TEXT },
  dst_gap: { at: '/dst/gap', as: TEXT },
  dst_overlap: { at: '/dst/overlap', as: TEXT },
  tags: { at: '/tags', as: WORDS },
  url: { at: '/target/url', as: TEXT, of: 'http' },
  method: { at: '/target/method', as: TEXT, of: 'http' },
  body: { at: '/target/body', as: JSON_TEXT, of: 'http' },
  handler: { at: '/target/name', as: TEXT, of: 'handler' },
  argv: { at: '/target/argv', as: LINES, of: 'command' },
  params: { at: '/params', as: JSON_TEXT },
  timeout: { at: '/timeout', as: TEXT },
  max_attempts: { at: '/retry/max_attempts', as: WHOLE },
  backoff_initial: { at: '/retry/initial', as: TEXT },
  backoff_max: { at: '/retry/max', as: TEXT },
  overlap: { at: '/overlap', as: TEXT },
  misfire: { at: '/misfire', as: TEXT },
  priority: { at: '/priority', as: WHOLE }
} as const satisfies Readonly<Record<string, Field>>

export type FieldName = keyof typeof FIELDS

/** The same as a list. */
export const FIELD_LIST: readonly (Field & { name: FieldName })[] = namesOf(FIELDS).map((name) => ({
  name,
  ...FIELDS[name]
}))

/** Where the headers of a request stand, each a row of its own. */
export const HEADERS_AT = '/target/headers'

/** What the service says is at fault, as the field of the form that has it; null for none. */
export function fieldAt(pointer: string): string | null {
  const all = [...FIELD_LIST.map(({ at }) => at), HEADERS_AT]
  return all.find((at) => pointer === at || pointer.startsWith(`${at}/`)) ?? null
}

function namesOf<Table extends object>(table: Table): (keyof Table)[] {
  const names: (keyof Table)[] = []
  for (const name in table) names.push(name)
  return names
}
