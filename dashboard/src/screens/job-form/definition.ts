import type { Job, JobInput } from '../../../../client.ts'
import { isObject } from './pointed.ts'

/** A job as it is sent, with whatever this form knows nothing of. */
export type Definition = Readonly<Record<string, unknown>>

/** The compiler sees to it that none is forgotten. */
const SERVER_FIELDS: Readonly<Record<Exclude<keyof Job, keyof JobInput>, true>> = {
  id: true,
  version: true,
  paused: true,
  pause_reason: true,
  paused_until: true,
  skip_next: true,
  scheduled_runs: true,
  state: true,
  next_run_at: true,
  last_run_at: true,
  last_outcome: true,
  last_success_at: true,
  consecutive_failures: true,
  running: true,
  created_at: true,
  updated_at: true
}

/** The default of every field; some depend on what the job does. */
export function defaultsOf(targetType: unknown) {
  const isHttp = targetType === 'http'
  return {
    key: null,
    schedule: null,
    start_date: null,
    repeat_interval: null,
    end_date: null,
    max_runs: null,
    timezone: 'UTC',
    dst: { gap: 'shift', overlap: 'first' },
    exclude: [],
    jitter: '0s',
    params: null,
    target: isHttp ? { method: 'POST', success: '2xx' } : { type: 'log' },
    overlap: 'skip',
    misfire: 'latest',
    misfire_window: null,
    misfire_limit: 100,
    timeout: isHttp ? '30s' : '1h',
    retry: {
      max_attempts: isHttp ? 3 : 1,
      backoff: 'exponential',
      initial: '5s',
      max: '5m',
      max_age: null
    },
    priority: 0,
    tags: []
  }
}

/** A definition without what would be so anyway. */
export function withoutDefaults(definition: Definition): Definition {
  const { target } = definition
  const type = isObject(target) ? target['type'] : 'log'
  return differing(definition, defaultsOf(type)) ?? {}
}

/** What a client would send to define this job. */
export function definitionOf(job: object): Definition {
  const own = Object.entries(job).filter(([field]) => !(field in SERVER_FIELDS))
  return withoutDefaults(Object.fromEntries(own))
}

function differing(value: Definition, standard: Definition): Definition | undefined {
  const different = Object.entries(value).flatMap(([name, inner]) => {
    const usual = standard[name]
    if (isObject(inner) && isObject(usual)) {
      const rest = differing(inner, usual)
      return rest === undefined ? [] : [[name, rest] as const]
    }
    return JSON.stringify(inner) === JSON.stringify(usual) ? [] : [[name, inner] as const]
  })
  return different.length === 0 ? undefined : Object.fromEntries(different)
}
