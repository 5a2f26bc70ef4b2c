import type { Client, Job, JobInput } from '../../client.ts'
import { invalid } from '../../src/option-sources.ts'
import type { ServiceCall } from '../service-call.ts'
import { readDocument } from '../document.ts'
import type { JobFlags } from './flags.ts'

type Options = ServiceCall<typeof JobFlags>['options']

/**
 * A job from a file (JSON or YAML, "-" for standard input), or from flags, which come on top of it.
 * With a key, a job that has it is replaced.
 */
export async function createFrom(
  client: Client,
  file: string | undefined,
  options: Options
): Promise<Job> {
  const base = file === undefined ? {} : (await readDocument(file)).value
  // The service says what is wrong with it, better than can be done here.
  const input: JobInput = JSON.parse(JSON.stringify({ ...Object(base), ...inputOf(options) }))
  if (typeof input.key !== 'string') return client.createJob(input)
  return (await client.putJob(input.key, input)).job
}

function inputOf({ name, key, timezone, schedule, every, at, ...more }: Options) {
  return {
    ...(name && { name }),
    ...(key && { key }),
    ...(schedule && { schedule }),
    ...(every && { repeat_interval: every }),
    ...(at && { start_date: at }),
    ...(timezone && { timezone }),
    ...(more.call && { target: { type: 'http', url: more.call, method: more.method } }),
    ...(more.params !== undefined && { params: jsonOf(more.params) })
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw invalid(
      `"--params" is ${text}, but must be JSON; a text goes in quotes: --params '"text"'.`
    )
  }
}
