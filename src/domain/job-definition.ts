import { LRUCache } from 'lru-cache'
import { parseDuration } from './duration.ts'
import type { JobDefinition, JobInput } from './job.ts'
import type { MisfireRule } from './misfire.ts'
import type { RetryPolicy } from './retry.ts'

const HTTP_ATTEMPTS = 3

/** The whole definition: what the client sent, and the default of everything it left out. */
export function withDefaults(input: JobInput): JobDefinition {
  const target = input.target ?? { type: 'log' }
  const isHttp = target.type === 'http'
  return {
    key: input.key ?? null,
    name: input.name,
    schedule: input.schedule ?? null,
    start_date: input.start_date ?? null,
    repeat_interval: input.repeat_interval ?? null,
    end_date: input.end_date ?? null,
    max_runs: input.max_runs ?? null,
    timezone: input.timezone ?? 'UTC',
    dst: { gap: input.dst?.gap ?? 'shift', overlap: input.dst?.overlap ?? 'first' },
    exclude: input.exclude ?? [],
    jitter: input.jitter ?? '0s',
    params: input.params ?? null,
    target,
    overlap: input.overlap ?? 'skip',
    misfire: input.misfire ?? 'latest',
    misfire_window: input.misfire_window ?? null,
    misfire_limit: input.misfire_limit ?? 100,
    timeout: input.timeout ?? (isHttp ? '30s' : '1h'),
    retry: {
      max_attempts: input.retry?.max_attempts ?? (isHttp ? HTTP_ATTEMPTS : 1),
      backoff: input.retry?.backoff ?? 'exponential',
      initial: input.retry?.initial ?? '5s',
      max: input.retry?.max ?? '5m',
      max_age: input.retry?.max_age ?? null
    },
    priority: input.priority ?? 0,
    tags: input.tags ?? []
  }
}

/** Most jobs have the same few, and each run asks for several. */
const known = new LRUCache<string, number>({ max: 1_000 })

/** Milliseconds of a duration that was validated when the job was defined. */
function duration(text: string): number {
  const before = known.get(text)
  if (before !== undefined) return before
  const parsed = parseDuration(text)
  if (parsed === null) throw new Error(`The stored duration "${text}" is none.`)
  known.set(text, parsed)
  return parsed
}

export function timeoutMs(definition: JobDefinition): number {
  return duration(definition.timeout)
}

export function retryPolicy({ retry }: JobDefinition): RetryPolicy {
  return {
    maxAttempts: retry.max_attempts,
    backoff: retry.backoff,
    initialMs: duration(retry.initial),
    maxMs: duration(retry.max),
    maxAgeMs: retry.max_age === null ? null : duration(retry.max_age)
  }
}

export function misfireRule(definition: JobDefinition): MisfireRule {
  const { misfire, misfire_window: window, misfire_limit: limit } = definition
  return { policy: misfire, windowMs: window === null ? null : duration(window), limit }
}

/** How far starts may be delayed. */
export function jitterMs(definition: JobDefinition): number {
  return duration(definition.jitter)
}
